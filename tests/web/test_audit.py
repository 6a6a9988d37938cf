"""The audit through its doors."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.audit import Entry, Phase
from hub.rights import Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)


class Stage:
    """An administrator and rows."""

    def __init__(self, desk: DeskStage) -> None:
        self.desk = desk

    async def write(self, minutes: int = 0, **given: Any) -> UUID:
        """A row; its call's id."""
        standard: dict[str, Any] = {"call_id": uuid4(), "phase": Phase.DECISION, "actor": "ai:1", "tool": "t"}
        entry = Entry(**{**standard, "decision": "denied", "at": NOON + timedelta(minutes=minutes), **given})
        await self.desk.audit.append(entry)
        return entry.call_id

    async def seqs(self, query: str) -> list[int]:
        return [row["seq"] for row in (await self.desk.get(f"audit?{query}"))["data"]]

    async def as_superuser(self, statement: str) -> None:
        async with self.desk.database.transaction() as connection:
            await connection.execute("set local session_replication_role = replica")
            await connection.execute(statement)


@pytest.fixture
async def stage(database: Database, aiohttp_client: Any) -> AsyncIterator[Stage]:
    desk: DeskStage
    async with staged_desk(database, aiohttp_client) as desk:
        _, desk.headers = await desk.somebody(Role.ADMIN, in_team=False)
        yield Stage(desk)


async def test_a_row_says_what_was_recorded(stage: Stage) -> None:
    call = await stage.write(args_redacted={"description": "[text]"}, provider_status=502, problem="integration_error")
    (row,) = (await stage.desk.get("audit"))["data"]
    assert (row["seq"], row["call_id"], row["phase"], row["at"]) == (
        1,
        str(call),
        "decision",
        "2026-11-05T12:00:00.000Z",
    )
    assert (row["args_redacted"], row["provider_status"], row["problem"]) == (
        {"description": "[text]"},
        502,
        "integration_error",
    )
    assert len(row["hash"]) == 64
    assert row["draft_id"] is None


async def test_rows_are_narrowed(stage: Stage) -> None:
    conversation, draft = uuid4(), uuid4()
    call = await stage.write(0, tool="a", conversation_id=conversation)
    await stage.write(5, tool="b", draft_id=draft, actor="user:1")
    await stage.write(10, tool="a", conversation_id=conversation)
    assert await stage.seqs("") == [3, 2, 1]
    assert await stage.seqs(f"conversation_id={conversation}") == [3, 1]
    assert await stage.seqs(f"call_id={call}") == [1]
    assert await stage.seqs(f"draft_id={draft}") == [2]
    assert await stage.seqs("actor=user:1") == [2]
    assert await stage.seqs("tool=a&actor=ai:1") == [3, 1]
    assert await stage.seqs("from=2026-11-05T12:05:00Z") == [3, 2]
    assert await stage.seqs("from=2026-11-05T13:05:00%2B01:00&until=2026-11-05T12:10:00Z") == [2]


async def test_pages_go_on_for_the_same_question_only(stage: Stage) -> None:
    for _ in range(5):
        await stage.write()
    first = await stage.desk.get("audit?limit=2&tool=t")
    await stage.write()
    rest = await stage.desk.get(f"audit?limit=200&tool=t&cursor={first['next_cursor']}")
    assert [row["seq"] for row in first["data"] + rest["data"]] == [5, 4, 3, 2, 1]
    assert rest["next_cursor"] is None
    assert (await stage.desk.ask("GET", f"audit?cursor={first['next_cursor']}")).status == 422


async def test_it_is_verified_at_the_door(stage: Stage) -> None:
    for _ in range(4):
        await stage.write()
    whole = await stage.desk.get("audit/verify?limit=3")
    assert (whole["whole"], whole["complete"], whole["first"], whole["last"], whole["head"]) == (True, False, 1, 3, 4)
    rest = await stage.desk.get(f"audit/verify?from={whole['last'] + 1}")
    assert (rest["whole"], rest["complete"], rest["broken"]) == (True, True, None)
    await stage.as_superuser("update audit_log set body = '{}' where seq = 2")
    broken = await stage.desk.get("audit/verify")
    assert (broken["whole"], broken["complete"]) == (False, False)
    assert broken["broken"] == {"seq": 2, "flaw": "changed", "since": 0}


async def test_only_administrators_read_it(stage: Stage) -> None:
    for role in (Role.SUPERVISOR, Role.AGENT):
        _, headers = await stage.desk.somebody(role, in_team=True)
        for path in ("audit", "audit/verify"):
            assert (await stage.desk.ask("GET", path, headers=headers)).status == 403


async def test_without_the_table_the_answer_says_so(stage: Stage) -> None:
    await stage.write()
    await stage.as_superuser("alter table audit_log rename to elsewhere")
    for path in ("audit", "audit/verify"):
        answer = await stage.desk.ask("GET", path)
        assert (answer.status, (await answer.json())["code"]) == (503, "audit_unavailable")
        assert answer.headers["Retry-After"] == "1"
