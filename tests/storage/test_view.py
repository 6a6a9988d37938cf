"""Views in the database."""

import pytest

from hub.errors import AlreadyExists, NotFound, StaleVersion
from hub.ids import uuid7
from hub.rights import Reader, Role
from hub.sharing import Scope, Sharing
from storage.database import Database
from storage.view import ViewStore

ANA, BEN = uuid7(), uuid7()


async def test_a_view_is_kept_changed_and_removed(database: Database) -> None:
    views, ana = ViewStore(database), Reader(ANA, Role.AGENT, frozenset())
    late = await views.create(Sharing(Scope.MINE, ANA), "Late", {"failed": True})
    shared = await views.create(Sharing(Scope.ALL, BEN), "Ägäis", {})
    await views.create(Sharing(Scope.MINE, BEN), "Ben's", {})
    assert await views.page(ana, None, 10) == [late, shared]
    assert await views.page(ana, ("late", late.id), 10) == [shared]
    with pytest.raises(AlreadyExists):
        await views.create(Sharing(Scope.MINE, ANA), "LATE", {})
    changed = await views.change(late.id, 1, None, {"tag": "vip"})
    assert (changed.name, changed.filter, changed.version) == ("Late", {"tag": "vip"}, 2)
    with pytest.raises(StaleVersion):
        await views.change(late.id, 1, "x", None)
    await views.delete(late.id)
    assert await views.find(late.id) is None
    with pytest.raises(NotFound):
        await views.change(late.id, None, "x", None)
