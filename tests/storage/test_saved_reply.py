"""Saved replies in the database."""

import pytest

from hub.errors import AlreadyExists, NotFound, StaleVersion
from hub.ids import uuid7
from hub.rights import Reader, Role
from hub.sharing import Scope, Sharing
from hub.team import TeamKind
from storage.database import Database
from storage.saved_reply import SavedReplyStore
from storage.team import TeamStore

ANA, BEN = uuid7(), uuid7()


async def test_each_has_his_own_his_teams_and_everybodys(database: Database) -> None:
    replies, teams = SavedReplyStore(database), TeamStore(database)
    team = await teams.create("Support", TeamKind.SUPPORT)
    for number, sharing in enumerate(
        (Sharing(Scope.MINE, ANA), Sharing(Scope.MINE, BEN), Sharing(Scope.TEAM, BEN, team.id), Sharing(Scope.ALL, BEN))
    ):
        await replies.create(sharing, f"r{number}", "text")

    async def seen(reader: Reader) -> list[str]:
        return [reply.shortcut for reply in await replies.page(reader, "", None, 10)]

    assert await seen(Reader(ANA, Role.AGENT, frozenset({team.id}))) == ["r0", "r2", "r3"]
    assert await seen(Reader(BEN, Role.AGENT, frozenset())) == ["r1", "r3"]
    assert await seen(Reader(uuid7(), Role.ADMIN, frozenset())) == ["r2", "r3"]
    await teams.delete(team.id)
    assert await seen(Reader(ANA, Role.AGENT, frozenset({team.id}))) == ["r0", "r3"]


async def test_pages_and_prefixes(database: Database) -> None:
    replies, ana = SavedReplyStore(database), Reader(ANA, Role.AGENT, frozenset())
    made = {name: await replies.create(Sharing(Scope.MINE, ANA), name, "x") for name in ("hello", "Help", "bye", "h_")}
    assert await replies.page(ana, "HEL", None, 10) == [made["hello"], made["Help"]]
    assert await replies.page(ana, "hel", ("hello", made["hello"].id), 10) == [made["Help"]]
    assert await replies.page(ana, "h_", None, 10) == [made["h_"]]


async def test_a_shortcut_belongs_to_one_reply_of_each_holder(database: Database) -> None:
    replies = SavedReplyStore(database)
    mine = await replies.create(Sharing(Scope.MINE, ANA), "hello", "x")
    await replies.create(Sharing(Scope.MINE, BEN), "hello", "x")
    await replies.create(Sharing(Scope.ALL, ANA), "hello", "x")
    other = await replies.create(Sharing(Scope.MINE, ANA), "bye", "x")
    with pytest.raises(AlreadyExists):
        await replies.create(Sharing(Scope.MINE, ANA), "HELLO", "x")
    with pytest.raises(AlreadyExists):
        await replies.change(other.id, None, "Hello", None)
    changed = await replies.change(mine.id, 1, None, "y")
    assert (changed.shortcut, changed.text, changed.version) == ("hello", "y", 2)
    with pytest.raises(StaleVersion):
        await replies.change(mine.id, 1, None, "z")
    await replies.delete(mine.id)
    with pytest.raises(NotFound):
        await replies.change(mine.id, None, None, "z")
