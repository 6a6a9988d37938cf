"""Tags in the database."""

from uuid import uuid4

import pytest

from hub.errors import AlreadyExists, NotFound, StaleVersion
from hub.ids import uuid7
from hub.tag import USUAL_COLOUR, TagChange
from storage.database import Database
from storage.tag import TagStore
from tests.conftest import Scene

BY = (uuid7(), "Root")


async def test_two_spellings_are_one_tag(database: Database) -> None:
    tags = TagStore(database)
    made = await tags.create("VIP", USUAL_COLOUR, "")
    assert await tags.named("vip") == made
    with pytest.raises(AlreadyExists):
        await tags.create("Vip", USUAL_COLOUR, "")
    other = await tags.create("other", USUAL_COLOUR, "")
    with pytest.raises(AlreadyExists):
        await tags.change(other.id, None, TagChange("viP"), BY)
    assert await tags.find(other.id) == other
    assert [retagging.old for retagging in await tags.pending()] == []


async def test_pages_go_on_after_a_name(database: Database) -> None:
    tags = TagStore(database)
    b, a, c = [await tags.create(name, USUAL_COLOUR, "") for name in ("b", "A", "c")]
    assert await tags.page(None, 2) == [a, b]
    assert await tags.page(("b", b.id), 2) == [c]


async def test_a_version_guards_a_change(database: Database) -> None:
    tags = TagStore(database)
    tag = await tags.create("vip", USUAL_COLOUR, "dear")
    changed = await tags.change(tag.id, 1, TagChange(colour="#d97706"), BY)
    assert (changed.name, changed.colour, changed.description, changed.version) == ("vip", "#d97706", "dear", 2)
    with pytest.raises(StaleVersion):
        await tags.change(tag.id, 1, TagChange(description="x"), BY)
    for missing in (tags.change(uuid4(), None, TagChange(), BY), tags.delete(uuid4(), BY)):
        with pytest.raises(NotFound):
            await missing


async def test_a_former_name_stays_taken_until_nobody_carries_it(database: Database, scene: Scene) -> None:
    tags = TagStore(database)
    tag = await tags.create("vip", USUAL_COLOUR, "")
    await scene.execute("update conversations set tags = '{vip}'")
    await tags.change(tag.id, None, TagChange("gold"), BY)
    (retagging,) = await tags.pending()
    assert (retagging.old, retagging.new, retagging.by_name) == ("vip", "gold", "Root")
    assert await tags.carriers("vip", 10) == [scene.conversation_id]
    await scene.execute("update retaggings set created_at = now() - interval '1 hour'")
    await tags.settle(retagging.id)
    assert len(await tags.pending()) == 1
    with pytest.raises(AlreadyExists):
        await tags.create("VIP", USUAL_COLOUR, "")
    await scene.execute("update conversations set tags = '{gold}'")
    await tags.settle(retagging.id)
    assert await tags.pending() == []
    await tags.create("VIP", USUAL_COLOUR, "")


async def test_a_name_that_was_just_given_up_is_kept_for_a_while(database: Database) -> None:
    tags = TagStore(database)
    tag = await tags.create("vip", USUAL_COLOUR, "")
    await tags.delete(tag.id, BY)
    (retagging,) = await tags.pending()
    await tags.settle(retagging.id)
    assert await tags.pending() == [retagging]
