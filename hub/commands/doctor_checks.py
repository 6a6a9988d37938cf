"""The doctor's checks: each looks at one thing and gives a finding; none changes anything or stops the others.

An embedded PostgreSQL that is not running is started: without it there is nothing to look at.
"""

import asyncio
import platform
import resource
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

import aiohttp
import asyncpg
from attrs import frozen

from hub.commands.database import database_url
from hub.commands.exits import CommandFailed
from hub.config import Config, WhatsAppChannel
from hub.errors import Unavailable
from hub.notice import Carried
from storage import migrations
from storage.audit import Audit
from storage.audit_keys import SIGNING, AuditKeys
from storage.audit_verification import AuditVerifier
from storage.database import DATABASE_LOST, Database
from web.notice_mail import MailCarrier, MailServer

PATIENCE = 8.0
"""Seconds for one check; after them it counts as failed."""

SAFE = {"aiohttp": (3, 14, 3), "asyncpg": (0, 32), "pyjwt": (2, 13)}
"""Versions below which a known weakness is open."""

AUDITED = 5000
"""Rows of the audit that are looked at, the newest ones."""

ROOM = 1024**3
SKEW = 30.0


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@frozen
class Finding:
    """What one check found, and what to do about it."""

    check: str
    state: State
    found: str
    mend: str = ""


@frozen
class Patient:
    """What is examined."""

    config: Config
    data: Path


Check = Callable[[Patient], AsyncIterator[Finding]]


async def examine(patient: Patient) -> list[Finding]:
    """All findings, in the order of the checks."""
    findings: list[Finding] = []
    for name, check in CHECKS.items():
        findings.extend(await _bounded(name, _all(check(patient))))
    return findings


async def _all(findings: AsyncIterator[Finding]) -> list[Finding]:
    return [finding async for finding in findings]


async def _bounded(name: str, found: Awaitable[list[Finding]]) -> list[Finding]:
    try:
        async with asyncio.timeout(PATIENCE):
            return await found
    except TimeoutError:
        return [Finding(name, State.FAIL, f"no answer within {PATIENCE:.0f} s", "Is the network in the way?")]
    except Exception as error:
        return [Finding(name, State.FAIL, f"could not be looked at ({type(error).__name__})", "Please report this.")]


async def _python(patient: Patient) -> AsyncIterator[Finding]:
    good = sys.version_info >= (3, 11)
    yield Finding("python", State.OK if good else State.FAIL, platform.python_version(), "" if good else "Use 3.11+.")


async def _libraries(patient: Patient) -> AsyncIterator[Finding]:
    for name, safe in SAFE.items():
        have = version(name)
        good = tuple(int(part) for part in have.split(".")[:3] if part.isdigit()) >= safe
        wanted = ".".join(map(str, safe))
        yield Finding(name, State.OK if good else State.FAIL, have, "" if good else f"Install {wanted} or newer.")


async def _files(patient: Patient) -> AsyncIterator[Finding]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = patient.config.limits.connections + 256
    good = hard == resource.RLIM_INFINITY or hard >= needed
    found = f"{soft} (may rise to {hard})"
    mend = "" if good else f"Allow {needed} open files (LimitNOFILE=, ulimit -n); fewer connections are taken now."
    yield Finding("open files", State.OK if good else State.WARN, found, mend)


async def _disk(patient: Patient) -> AsyncIterator[Finding]:
    free = shutil.disk_usage(patient.data).free
    good = free >= ROOM
    found = f"{free // 1024**2} MiB free at {patient.data}"
    yield Finding("disk", State.OK if good else State.WARN, found, "" if good else "Make room: media and the log grow.")


async def _page(patient: Patient) -> AsyncIterator[Finding]:
    built = (Path(__file__).parents[2] / "web" / "static" / "index.html").exists()
    yield Finding(
        "inbox page",
        State.OK if built else State.WARN,
        "built" if built else "not built",
        "" if built else "make setup",
    )


async def _secrets(patient: Patient) -> AsyncIterator[Finding]:
    strict = patient.config.production
    found = "production: strict rules hold" if strict else "development: rules are not enforced"
    mend = "" if strict else 'Set env = "production" before customers write.'
    yield Finding("environment", State.OK if strict else State.WARN, found, mend)


async def _database(patient: Patient) -> AsyncIterator[Finding]:
    try:
        url, _ = await database_url(patient.config, patient.data)
        connection = await asyncpg.connect(url, timeout=5.0)
    except (CommandFailed, OSError, TimeoutError, asyncpg.PostgresError, ValueError) as error:
        said = str(error) if isinstance(error, CommandFailed) else type(error).__name__
        yield Finding("database", State.FAIL, f"cannot be reached: {said}", "Is it up? Check database.url.")
        return
    try:
        async for finding in _inside(connection):
            yield finding
    finally:
        await connection.close()


async def _inside(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    yield Finding("database", State.OK, f"PostgreSQL {await connection.fetchval('show server_version')}")
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        value = await connection.fetchval("select current_setting($1)", name)
        good = value != "off"
        yield Finding(
            name, State.OK if good else State.FAIL, value, "" if good else "Switch it on: messages can be lost."
        )
    try:
        waiting = await migrations.pending(connection)
    except migrations.MigrationError as error:
        yield Finding("migrations", State.FAIL, str(error), "Install the hub that fits this database.")
        return
    state = State.WARN if waiting else State.OK
    found = f"{len(waiting)} pending" if waiting else "all applied"
    yield Finding("migrations", state, found, "hub migrate" if waiting else "")
    if not waiting:
        letters = await connection.fetchval("select count(*) from dead_letters where state = 'dead' and kind <> 'read'")
        state, mend = (State.WARN, "See: hub dlq list") if letters else (State.OK, "")
        yield Finding("dead letters", state, f"{letters} to be seen to" if letters else "none", mend)


async def _mail(patient: Patient) -> AsyncIterator[Finding]:
    """Whether the mail server lets the hub in; nothing is sent."""
    given = patient.config.notify.email
    if given.smtp_url:
        tried = await MailCarrier(MailServer.of(given.smtp_url.reveal()), given.from_).try_door()
        good = tried.carried is Carried.SENT
        mend = "" if good else "Check notify.email.smtp_url: alerts do not arrive by mail."
        yield Finding("mail", State.OK if good else State.FAIL, "lets the hub in" if good else f"{tried.problem}", mend)


async def _audit(patient: Patient) -> AsyncIterator[Finding]:
    """The newest rows; nothing is said of a database that cannot be reached, or of keys that were not made yet."""
    given = patient.config.audit
    directory = patient.data / given.dir
    if not (directory / SIGNING).exists():
        return
    database = Database((await database_url(patient.config, patient.data))[0])
    try:
        await database.open()
        audit = Audit(database)
        head = await audit.head()
        verifier = AuditVerifier(audit, AuditKeys.load(directory, given.trusted_keys))
        found = await verifier.verify(max(head.seq - AUDITED, 1))
    except (*DATABASE_LOST, Unavailable):
        return
    finally:
        await database.close()
    bad = found.broken
    told = f"{head.seq} rows, the newest are whole" if bad is None else f"row {bad.seq} is {bad.flaw.value}"
    mend = "" if bad is None else "Keep the database as it is, and run: hub audit verify"
    yield Finding("audit", State.OK if bad is None else State.FAIL, told, mend)


async def _whatsapp(patient: Patient) -> AsyncIterator[Finding]:
    numbers = [(name, given) for name, given in patient.config.channels.items() if isinstance(given, WhatsAppChannel)]
    timeout = aiohttp.ClientTimeout(total=PATIENCE / 2)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session:
        for findings in await asyncio.gather(*(_number(session, name, given) for name, given in numbers)):
            for finding in findings:
                yield finding


async def _number(session: aiohttp.ClientSession, name: str, channel: WhatsAppChannel) -> list[Finding]:
    url = f"{channel.graph_url}/{channel.graph_version}/{channel.phone_number_id}"
    headers = {"Authorization": f"Bearer {channel.access_token.reveal()}"}
    try:
        async with session.get(url, headers=headers, allow_redirects=False) as answer:
            status, told = answer.status, answer.headers.get("Date", "")
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        mend = "Is the network open? Check graph_url."
        return [Finding(f"{name}: access", State.FAIL, f"no answer ({type(error).__name__})", mend)]
    good = status == 200
    mend = "" if good else "Check access_token and phone_number_id in Meta's dashboard."
    access = Finding(f"{name}: access", State.OK if good else State.FAIL, f"HTTP {status}", mend)
    return [access, *_clock(name, told, datetime.now(UTC))]


def _clock(name: str, told: str, now: datetime) -> list[Finding]:
    """How far our clock is from the one that answered, as its `Date` header tells."""
    try:
        skew = abs((now - parsedate_to_datetime(told)).total_seconds())
    except (ValueError, TypeError):  # no date, or one without a zone
        return []
    good = skew <= SKEW
    mend = "" if good else "Set the clock (NTP): windows are counted by it."
    return [Finding(f"{name}: clock", State.OK if good else State.WARN, f"{skew:.0f} s apart", mend)]


CHECKS: dict[str, Check] = {
    "python": _python,
    "libraries": _libraries,
    "open files": _files,
    "disk": _disk,
    "inbox page": _page,
    "environment": _secrets,
    "database": _database,
    "audit": _audit,
    "mail": _mail,
    "whatsapp": _whatsapp,
}
"""Every check by the name it is given when it does not answer, in the order of the report."""
