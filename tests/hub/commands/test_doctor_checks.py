"""The doctor's checks, each against something well and something ill."""

import asyncio
import resource
import shutil
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from hub.commands import doctor_checks
from hub.commands.doctor_checks import CHECKS, Finding, Patient, State, examine
from hub.demo.back_office import BackOffice, Credentials
from hub.demo.whatsapp import WhatsAppWorld
from storage.audit_keys import AuditKeys
from tests.conftest import execute, named
from tests.hub.conftest import Configured

NUMBER, TOKEN = "106540352242922", "a-token-of-the-tests"
CHANNEL = """
[channels.{name}]
type = "whatsapp"
phone_number_id = "{number}"
waba_id = "102290129340398"
access_token = "{token}"
app_secret = "an-app-secret-of-the-tests"
verify_token = "verify-it"
graph_url = "{graph}"
"""
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def of(findings: list[Finding], check: str) -> Finding:
    (found,) = [finding for finding in findings if finding.check == check]
    return found


def only(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Just these checks."""
    monkeypatch.setattr(doctor_checks, "CHECKS", {name: CHECKS[name] for name in names})


@pytest.fixture
async def graph() -> AsyncIterator[WhatsAppWorld]:
    world = WhatsAppWorld(
        phone_number_id=NUMBER, access_token=TOKEN, app_secret="s", verify_token="v", webhook_url="http://127.0.0.1:9/"
    )
    await world.start()
    yield world
    await world.stop()


async def test_a_database_that_may_lose_messages(configured: Configured, database_url: str, tmp_path: Path) -> None:
    """That of the tests is such a one: nothing of it has to survive."""
    findings = await examine(Patient(configured({"database.url": database_url}), tmp_path))
    assert of(findings, "database").found.startswith("PostgreSQL ")
    assert (of(findings, "fsync").state, of(findings, "synchronous_commit").state) == (State.FAIL, State.OK)
    assert of(findings, "fsync").mend
    assert of(findings, "migrations") == Finding("migrations", State.OK, "all applied")
    assert of(findings, "python").state is State.OK
    assert of(findings, "environment").state is State.WARN


async def test_the_audit(
    configured: Configured, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "audit")
    patient = Patient(configured({"database.url": database_url}), tmp_path)
    assert await examine(patient) == []
    assert not (tmp_path / "audit").exists()
    AuditKeys.load(tmp_path / "audit")
    await execute(database_url, "select audit_append('{}') from generate_series(1, 3)")
    assert of(await examine(patient), "audit") == Finding("audit", State.OK, "3 rows, the newest are whole")
    await execute(
        database_url, "set session_replication_role = replica; update audit_log set body = '{\"a\":1}' where seq = 2"
    )
    bad = of(await examine(patient), "audit")
    assert (bad.state, bad.found) == (State.FAIL, "row 2 is changed")
    await execute(database_url, "drop table audit_head")
    assert await examine(patient) == []


async def test_migrations_that_are_missing_and_too_many(
    configured: Configured, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "database")
    await execute(postgres, "create database to_examine")
    try:
        patient = Patient(configured({"database.url": named(postgres, "to_examine")}), tmp_path)
        waiting = of(await examine(patient), "migrations")
        assert (waiting.state, waiting.mend) == (State.WARN, "hub migrate")
        await execute(
            named(postgres, "to_examine"),
            "create table schema_version (version integer, name text, sha256 text)",
            "insert into schema_version values (9999, 'later', '')",
        )
        newer = of(await examine(patient), "migrations")
        assert (newer.state, "9999" in newer.found) == (State.FAIL, True)
    finally:
        await execute(postgres, "drop database to_examine with (force)")


@pytest.mark.parametrize("name", ["nowhere", None])
async def test_a_database_that_is_not_there(
    configured: Configured, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str | None
) -> None:
    only(monkeypatch, "database", "python")
    url = named(postgres, name) if name else "postgresql://hub:hunter2@127.0.0.1:1/hub"
    findings = await examine(Patient(configured({"database.url": url}), tmp_path))
    assert [finding.check for finding in findings] == ["database", "python"]
    assert findings[0].state is State.FAIL
    assert "hunter2" not in repr(findings)


@pytest.mark.parametrize(
    ("number", "token", "state", "found"),
    [
        (NUMBER, TOKEN, State.OK, "HTTP 200"),
        (NUMBER, "another token", State.FAIL, "HTTP 401"),
        ("1065403522429", TOKEN, State.FAIL, "HTTP 400"),
    ],
)
async def test_a_number(
    configured: Configured, graph: WhatsAppWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    number: str, token: str, state: State, found: str,
) -> None:  # fmt: skip
    only(monkeypatch, "whatsapp")
    source = CHANNEL.format(name="wa", number=number, token=token, graph=graph.base_url)
    findings = await examine(Patient(configured(source=source), tmp_path))
    access = of(findings, "wa: access")
    assert (access.state, access.found, bool(access.mend)) == (state, found, state is not State.OK)
    assert of(findings, "wa: clock").state is State.OK
    assert token not in repr(findings)


async def test_one_number_that_does_not_answer_does_not_hide_the_other(
    configured: Configured, graph: WhatsAppWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "whatsapp")
    monkeypatch.setattr(doctor_checks, "PATIENCE", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        source = CHANNEL.format(
            name="one", number=NUMBER, token=TOKEN, graph=f"http://127.0.0.1:{deaf.getsockname()[1]}"
        )
        source += CHANNEL.format(name="two", number=NUMBER + "1", token=TOKEN, graph="http://127.0.0.1:1")
        source += CHANNEL.format(name="three", number=NUMBER + "2", token=TOKEN, graph=graph.base_url)
        findings = await examine(Patient(configured(source=source), tmp_path))
    assert "Timeout" in of(findings, "one: access").found
    assert "ConnectorError" in of(findings, "two: access").found
    assert of(findings, "three: access").found.startswith("HTTP ")


@pytest.mark.parametrize(
    ("told", "states"),
    [
        (format_datetime(NOON, usegmt=True), [State.OK]),
        ("Mon, 05 Jan 2026 12:00:31 GMT", [State.WARN]),
        ("Mon, 05 Jan 2026 11:00:00 GMT", [State.WARN]),
        ("Mon, 05 Jan 2026 12:00:00 -0000", []),
        ("yesterday", []),
        ("", []),
    ],
)
def test_clocks(told: str, states: list[State]) -> None:
    assert [finding.state for finding in doctor_checks._clock("wa", told, NOON)] == states


async def test_a_check_that_hangs_or_breaks_is_a_finding_and_stops_nobody(
    configured: Configured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(patient: Patient) -> AsyncIterator[Finding]:
        await asyncio.sleep(60)
        yield Finding("never", State.OK, "")

    async def breaks(patient: Patient) -> AsyncIterator[Finding]:
        yield Finding("half", State.OK, "")
        raise ZeroDivisionError

    monkeypatch.setattr(doctor_checks, "PATIENCE", 0.05)
    checks = {"hanging": hangs, "breaking": breaks, "python": CHECKS["python"]}
    monkeypatch.setattr(doctor_checks, "CHECKS", checks)
    findings = await examine(Patient(configured(), tmp_path))
    assert [(finding.check, finding.state) for finding in findings] == [
        ("hanging", State.FAIL),
        ("breaking", State.FAIL),
        ("python", State.OK),
    ]
    assert "ZeroDivisionError" in findings[1].found


async def test_a_full_disk_few_files_and_an_old_library_are_noticed(
    configured: Configured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nearly_full(path: Any) -> Any:
        return type(usage)(usage.total, usage.total - 1, 1)

    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", nearly_full)
    monkeypatch.setattr(resource, "getrlimit", lambda which: (256, 256))
    monkeypatch.setattr(doctor_checks, "version", lambda name: "0.1.2rc1")
    only(monkeypatch, "libraries", "open files", "disk")
    findings = await examine(Patient(configured(), tmp_path))
    assert {finding.check: finding.state for finding in findings} == {
        **dict.fromkeys(doctor_checks.SAFE, State.FAIL),
        "open files": State.WARN,
        "disk": State.WARN,
    }
    assert all(finding.mend for finding in findings)


async def test_dead_letters_are_to_be_seen_to(
    configured: Configured, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "database")
    patient = Patient(configured({"database.url": database_url}), tmp_path)
    assert of(await examine(patient), "dead letters").state is State.OK
    await execute(
        database_url,
        "insert into dead_letters (id, integration, operation, kind, problem, attempts, payload)"
        " values (gen_random_uuid(), 'ticketing', 'create_ticket', 'write', 'integration_error', 3, '{}')",
    )
    found = of(await examine(patient), "dead letters")
    assert (found.state, found.found) == (State.WARN, "1 to be seen to")


async def test_the_mail_server(configured: Configured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "mail")
    assert await examine(Patient(configured({}), tmp_path)) == []
    office = BackOffice(Credentials("k", {}, "", [], "whsec_eA==", mail_user="hub", mail_password="right"))
    await office.start()
    patient = Patient(configured({"notify.email.smtp_url": office.smtp_url}), tmp_path)
    assert of(await examine(patient), "mail").state is State.OK
    office.credentials.mail_password = "another"
    found = of(await examine(patient), "mail")
    assert (found.state, found.found) == (State.FAIL, "sign_in")
    await office.stop()
