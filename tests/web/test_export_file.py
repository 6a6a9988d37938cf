"""An export's file: whole, or visibly cut; and only what may be seen at each moment."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from hub.api_key import NewApiKey, Scope
from hub.export import ExportKind, Place, Portion, Span
from hub.rights import Permission, Reader, Role
from storage import export
from storage.api_key import ApiKeyStore
from storage.database import Database
from storage.export import ExportRows
from tests.web.desk_stage import DeskStage, staged_desk
from tests.web.test_export import order
from web import export_file


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        yield stage


async def file(desk: DeskStage, headers: dict[str, str], **given: Any) -> aiohttp.ClientResponse:
    made = await order(desk, headers, **given)
    return await desk.ask("GET", f"exports/{made['id']}/file", headers=headers)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_conversations_for_a_spreadsheet(desk: DeskStage) -> None:
    boss, headers = await desk.somebody(Role.SUPERVISOR, in_team=True)
    talks = [await desk.says(party=desk.party(f"Maria {n}")) for n in range(3)]
    answer = await file(desk, headers)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="conversations-20260101-')
    rows = table(await answer.text())
    assert [(row["id"], row["customer_name"], row["team_name"]) for row in rows] == [
        (str(id), f"Maria {n}", "Support") for n, id in enumerate(talks)
    ]
    (listed,) = (await desk.get("exports", headers))["data"]
    assert (listed["downloads"], listed["rows"]) == (1, 3)
    assert listed["downloaded_at"] is not None
    assert boss.name == listed["requested_name"]


async def test_messages_for_a_program(desk: DeskStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST", 4)
    _, headers = await desk.somebody(Role.SUPERVISOR, in_team=True)
    party = desk.party()
    for n in range(11):
        await desk.says(f"word {n}", party)
    answer = await file(desk, headers, kind="messages", format="jsonl")
    assert answer.headers["Content-Type"] == "application/jsonl; charset=utf-8"
    lines = [json.loads(line) for line in (await answer.text()).splitlines()]
    assert [line["content"]["text"] for line in lines] == [f"word {n}" for n in range(11)]
    assert {line["conversation_number"] for line in lines} == {1001}


async def test_a_supervisor_gets_his_teams_and_what_is_his(desk: DeskStage) -> None:
    boss, headers = await desk.somebody(Role.SUPERVISOR, in_team=False)
    first, _ = [await desk.says() for _ in range(2)]
    assert table(await (await file(desk, headers)).text()) == []
    await desk.alter(first, assignee_id=boss.id)
    assert [row["id"] for row in table(await (await file(desk, headers)).text())] == [str(first)]


Change = Callable[[DeskStage, UUID], Any]


async def _leaves(desk: DeskStage, user_id: UUID) -> None:
    await desk.teams.remove_member(desk.team_id, user_id)


async def _is_demoted(desk: DeskStage, user_id: UUID) -> None:
    await desk.value("update users set role = 'agent' where id = $1", user_id)


async def _is_disabled(desk: DeskStage, user_id: UUID) -> None:
    await desk.value("update users set disabled = true where id = $1", user_id)


async def _has_a_new_password(desk: DeskStage, user_id: UUID) -> None:
    await desk.value("update users set token_version = token_version + 1 where id = $1", user_id)


async def _is_signed_out(desk: DeskStage, user_id: UUID) -> None:
    await desk.value("update auth_sessions set revoked_at = now() where user_id = $1", user_id)


CUTS = [_is_demoted, _is_disabled, _has_a_new_password, _is_signed_out]


@pytest.mark.parametrize(("change", "cut"), [(_leaves, False), *((change, True) for change in CUTS)])
async def test_rights_that_end_meanwhile_end_it(
    desk: DeskStage, monkeypatch: pytest.MonkeyPatch, change: Change, cut: bool
) -> None:
    """Between the first portion and the second."""
    monkeypatch.setattr(export, "MOST", 1)
    boss, headers = await desk.somebody(Role.SUPERVISOR, in_team=True)
    first, _ = [await desk.says() for _ in range(2)]
    plain, read = ExportRows.portion, list[Place | None]()

    async def portion(rows: ExportRows, kind: ExportKind, reader: Reader, span: Span, after: Place | None) -> Portion:
        found = await plain(rows, kind, reader, span, after)
        if not read:
            await change(desk, boss.id)
        read.append(after)
        return found

    monkeypatch.setattr(ExportRows, "portion", portion)
    answer = await file(desk, headers)
    if cut:
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()
        await ended(desk, "cut", 1)
        assert await desk.value("select downloads from exports") == 0
    else:
        assert [row["id"] for row in table(await answer.text())] == [str(first)]


async def test_a_key_that_is_revoked_reads_no_further(desk: DeskStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST", 1)
    for _ in range(2):
        await desk.says()
    rights = frozenset({Permission.EXPORTS_MAKE, Permission.EXPORTS_READ})
    keys = ApiKeyStore(desk.database)
    key, secret = await keys.create(NewApiKey("Archive", Scope.API, permissions=rights))
    headers = {"Authorization": f"Bearer {secret}"}
    assert len(table(await (await file(desk, headers)).text())) == 2
    plain = ExportRows.portion

    async def portion(rows: ExportRows, kind: ExportKind, reader: Reader, span: Span, after: Place | None) -> Portion:
        await keys.revoke(key.id)
        return await plain(rows, kind, reader, span, after)

    monkeypatch.setattr(ExportRows, "portion", portion)
    answer = await file(desk, headers)
    with pytest.raises(aiohttp.ClientPayloadError):
        await answer.read()


async def ended(desk: DeskStage, outcome: str, count: int) -> None:
    """Returns when so many have ended so."""
    async with asyncio.timeout(60):
        while desk.figures.get_sample_value("hub_exports_total", {"outcome": outcome}) != count:
            await asyncio.sleep(0.02)


async def test_so_many_at_once(desk: DeskStage, monkeypatch: pytest.MonkeyPatch) -> None:
    _, headers = await desk.somebody(Role.ADMIN, in_team=False)
    gate, plain = asyncio.Event(), ExportRows.portion

    async def portion(rows: ExportRows, kind: ExportKind, reader: Reader, span: Span, after: Place | None) -> Portion:
        await gate.wait()
        return await plain(rows, kind, reader, span, after)

    monkeypatch.setattr(ExportRows, "portion", portion)
    allowed = [await file(desk, headers) for _ in range(desk.config.limits.exports)]
    refused = await file(desk, headers)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
    gate.set()
    assert [table(await answer.text()) for answer in allowed] == [[]] * len(allowed)
    await ended(desk, "whole", len(allowed))
    await ended(desk, "refused", 1)


async def test_who_does_not_read_loses_his_turn(desk: DeskStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_file, "SLOW", 0.2)
    _, headers = await desk.somebody(Role.ADMIN, in_team=False)
    await desk.says()
    plain = ExportRows.portion

    async def portion(rows: ExportRows, kind: ExportKind, reader: Reader, span: Span, after: Place | None) -> Portion:
        (record,) = (await plain(rows, kind, reader, span, None)).records
        return Portion([dict(record, subject="x" * 4_000_000)], Place(record["id"]))  # for ever

    monkeypatch.setattr(ExportRows, "portion", portion)
    answer = await file(desk, headers)
    await ended(desk, "cut", 1)
    assert desk.figures.get_sample_value("hub_exports_running") == 0
    answer.close()
