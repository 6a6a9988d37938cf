"""What decides over tools, as the database has it."""

import pytest

from hub.ai.subject import Switch
from hub.conversation.state import Status
from hub.errors import AuditUnavailable
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
    await store.switch_off(first, "user:1")
    await store.switch_off(Switch("search_tickets", uuid7(), "Bo"), "user:2")
    assert await store.off() == {"search_tickets": first}
    found = await store.subject(scene.conversation_id)
    assert found is not None
    assert found.disabled == {"search_tickets"}
    for by in ("user:3", "user:4"):
        await store.switch_on("search_tickets", by)
    assert await store.off() == {}
    async with database.acquire() as connection:
        found = await connection.fetch("select body::json as body from audit_log order by seq")
    rows = [row["body"] for row in found]
    assert [(row["actor"], row["tool"]) for row in rows] == [("user:1", "disable_tool"), ("user:3", "enable_tool")]
    assert [row["args_redacted"] for row in rows] == [{"tool": "search_tickets"}] * 2


async def test_without_its_row_nothing_is_switched(database: Database) -> None:
    scene, store = Scene(database), SubjectStore(database)
    off = Switch("search_tickets", uuid7(), "Ada")
    await store.switch_off(off, "user:1")
    await scene.execute("alter table audit_head rename to audit_head_away")
    with pytest.raises(AuditUnavailable):
        await store.switch_off(Switch("create_transaction_draft", uuid7(), "Ada"), "user:1")
    with pytest.raises(AuditUnavailable):
        await store.switch_on("search_tickets", "user:1")
    assert await store.off() == {"search_tickets": off}
