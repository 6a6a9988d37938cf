"""`hub audit` on a real database: whole, tampered with, exported."""

import asyncio
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from hub.audit import Entry, Phase
from hub.audit_chain import Checkpoint
from hub.commands import audit as command
from hub.ids import uuid7
from storage.audit import Audit
from storage.audit_keys import AuditKeys
from storage.audit_verification import AuditWitness
from storage.database import Database
from tests.hub.commands.conftest import Call, Ended

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)


def written(url: str, data: Path, count: int) -> Checkpoint:
    """Rows, and the checkpoint of the last one."""

    async def work() -> Checkpoint:
        database = Database(url)
        await database.open()
        try:
            audit = Audit(database)
            for _ in range(count):
                entry = Entry(at=NOON, call_id=uuid7(), phase=Phase.DECISION, actor="ai:1", tool="t", decision="denied")
                await audit.append(entry)
            signed = await AuditWitness(audit, AuditKeys.load(data / "audit")).sign_if_due(1, 0.0, NOON)
            assert isinstance(signed, Checkpoint)
            return signed
        finally:
            await database.close()

    return asyncio.run(work())


def tampered(url: str, *statements: str) -> None:
    async def work() -> None:
        connection = await asyncpg.connect(url)
        try:
            for statement in ("set session_replication_role = replica", *statements):
                await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(work())


def run(call: Call, url: str, data: Path, *arguments: str) -> Ended:
    return call("--data", str(data), "-o", f"database.url={url}", "audit", *arguments)


def test_a_whole_audit_is_said_to_be_whole(
    call: Call, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = written(database_url, tmp_path, 5)
    monkeypatch.setattr(command, "STRETCH", 2)
    log_line = f"{signed.mark.seq}:{signed.mark.hash.hex()}"
    ended = run(call, database_url, tmp_path, "verify", "--checkpoint", log_line)
    assert (ended.code, ended.out) == (0, "The audit is whole: rows 1 to 5, 1 checkpoints.\n")
    shown = json.loads(run(call, database_url, tmp_path, "verify", "--json", "--from", "3").out)
    assert shown == {"whole": True, "first": 3, "last": 5, "head": 5, "checkpoints": 1, "broken": None}


def test_the_first_bad_row_is_named(call: Call, database_url: str, tmp_path: Path) -> None:
    written(database_url, tmp_path, 3)
    tampered(database_url, "update audit_log set body = '{}' where seq = 2")
    ended = run(call, database_url, tmp_path, "verify")
    assert ended.code == 1
    assert ended.out.startswith("Row 2 is the first bad one: it does not follow from the row before it.")
    shown = json.loads(run(call, database_url, tmp_path, "verify", "--json").out)
    assert shown["broken"] == {"seq": 2, "flaw": "changed", "since": 0}


def test_rows_that_were_cut_off_show(call: Call, database_url: str, tmp_path: Path) -> None:
    signed = written(database_url, tmp_path, 4)
    reset = "update audit_head set seq = 0, stream = '', hash = decode(repeat('00', 32), 'hex')"
    tampered(database_url, "delete from audit_log", "delete from audit_checkpoints", reset)
    assert run(call, database_url, tmp_path, "verify").code == 0
    kept = f"4:{signed.mark.hash.hex()}"
    ended = run(call, database_url, tmp_path, "verify", "--checkpoint", kept)
    assert ended.code == 1
    assert "Row 1 is the first bad one: it was there" in ended.out


@pytest.mark.parametrize("text", ["5", "x:00", "5:00", "0:" + "0" * 64, "5:" + "g" * 64])
def test_a_checkpoint_has_a_form(call: Call, database_url: str, tmp_path: Path, text: str) -> None:
    AuditKeys.load(tmp_path / "audit")
    assert run(call, database_url, tmp_path, "verify", "--checkpoint", text).code == 2


def test_without_the_key_nothing_is_said(call: Call, database_url: str, tmp_path: Path) -> None:
    ended = run(call, database_url, tmp_path / "elsewhere", "verify")
    assert ended.code == 1
    assert "There is no key in" in ended.err
    assert not (tmp_path / "elsewhere" / "audit").exists()


def test_what_is_exported_can_be_checked_by_anybody(
    call: Call, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = written(database_url, tmp_path, 5)
    monkeypatch.setattr(command, "PAGE", 2)
    lines = [json.loads(line) for line in run(call, database_url, tmp_path, "export").out.splitlines()]
    previous = bytes(32)
    for row in lines[:5]:
        text = f"{row['stream']}|{row['seq']}|{row['body']}"
        previous = hashlib.sha256(previous + text.encode()).digest()
        assert row["hash"] == previous.hex()
    keys = AuditKeys.load(tmp_path / "audit")
    checkpoint = lines[5]["checkpoint"]
    assert keys.signed(checkpoint["key"], checkpoint["statement"].encode(), bytes.fromhex(checkpoint["signature"]))
    assert json.loads(checkpoint["statement"])["hash"] == signed.mark.hash.hex()
    some = run(call, database_url, tmp_path, "export", "--from", "2", "--to", "3").out.splitlines()
    assert [json.loads(line)["seq"] for line in some] == [2, 3]


def test_the_public_key_makes_another_replica_believe(call: Call, database_url: str, tmp_path: Path) -> None:
    written(database_url, tmp_path / "a", 2)
    public = run(call, database_url, tmp_path / "a", "key").out.strip()
    AuditKeys.load(tmp_path / "b" / "audit")
    assert "not trusted" in run(call, database_url, tmp_path / "b", "verify").out
    ended = run(call, database_url, tmp_path / "b", "verify", "-o", f"audit.trusted_keys={public}")
    assert ended.out == "The audit is whole: rows 1 to 2, 1 checkpoints.\n"
