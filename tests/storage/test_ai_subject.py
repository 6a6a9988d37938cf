"""What decides over tools, as the database has it."""

from hub.ai.subject import Switch
from hub.conversation.state import Status
from hub.ids import uuid7
from hub.team import TeamKind
from storage.ai_subject import SubjectStore
from storage.database import Database
from tests.conftest import Scene


async def test_a_conversation_is_found_with_its_customer_and_team(database: Database) -> None:
    scene = Scene(database)
    await scene.set()
    store = SubjectStore(database)
    found = await store.subject(scene.conversation_id)
    assert found is not None
    assert (found.status, found.team_kind, found.ai_epoch) == (Status.OPEN, TeamKind.SUPPORT, 0)
    assert (found.customer.addresses, found.disabled) == ((), frozenset())
    await scene.execute(
        "insert into identities (channel, kind, value, customer_id) values ('app', 'app_id', 'c-1', $1)",
        found.customer.id,
    )
    await scene.execute("update conversations set team_id = null, ai_epoch = 3")
    found = await store.subject(scene.conversation_id)
    assert found is not None
    assert (found.team_kind, found.ai_epoch, found.customer_ref) == (None, 3, "c-1")
    assert await store.subject(uuid7()) is None
    assert await store.of_draft(uuid7()) is None


async def test_a_tool_is_switched_off_once_and_on_again(database: Database) -> None:
    scene = Scene(database)
    await scene.set()
    store, first = SubjectStore(database), Switch("search_tickets", uuid7(), "Ada")
    await store.switch_off(first)
    await store.switch_off(Switch("search_tickets", uuid7(), "Bo"))
    assert await store.off() == {"search_tickets": first}
    found = await store.subject(scene.conversation_id)
    assert found is not None
    assert found.disabled == {"search_tickets"}
    await store.switch_on("search_tickets")
    assert await store.off() == {}
