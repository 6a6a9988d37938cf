"""How the hub starts, stops and is stopped."""

import asyncio
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from hub.demo.whatsapp import Customer, Fault
from storage import embedded
from tests.acceptance.process import HubProcess
from tests.acceptance.stage import COMPLAINTS, Stage, eventually
from tests.chaos.conftest import ending
from tests.chaos.invariants import violations
from tests.chaos.load import CATCH_UP, Load
from tests.chaos.server import Server
from tests.chaos.watch import Watch
from tests.conftest import execute

OPTIONS = {"drain.delay": "1s", "outgoing.read": "5s", "outgoing.total": "6s"}
"""A second in which it still serves, as behind a balancer; and patience with WhatsApp."""

JOURNAL_LOCK = 7308895133905518968
"""The lock under which everything is committed (`journal_append`)."""

STOPS_WITHIN = 15.0

AT_ONCE = 5.0
"""Seconds that the end of a process may take which does not wait for anything, on a busy machine."""


async def _stop(hub: HubProcess) -> tuple[int, float]:
    """Asks it to stop; the exit code, and how many seconds it took."""
    began = time.monotonic()
    code = await asyncio.to_thread(hub.stop)
    return code, time.monotonic() - began


async def test_sigterm_under_load_loses_nothing(stage: Stage) -> None:
    load, watch = await Load.begin(stage, customers=8, pause=0.3), Watch(stage.hub)
    async with load.running():
        await asyncio.sleep(2.0)
        async with watch.watching():
            await watch.until(200, CATCH_UP)
            stopping = asyncio.create_task(_stop(stage.hub))
            await watch.until(503, CATCH_UP)
            code, seconds = await stopping
        await stage.hub.start()
        await asyncio.sleep(2.0)
    record = await load.end()
    print(f"stopped in {seconds:.1f} s, {len(record.inbound)} in, {len(record.outbound)} out")
    assert violations(record) == []
    assert code == 0
    assert seconds < STOPS_WITHIN
    faithful = load.listeners[0]
    assert [bye["code"] for bye in faithful.byes] == [1012]
    assert 1012 in faithful.codes


async def test_what_was_accepted_is_finished(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    await stage.value("select pg_advisory_lock($1)", JOURNAL_LOCK)
    reply = asyncio.create_task(ana.write(conversation_id, "Ainda em curso"))
    word = asyncio.create_task(_word(stage, customer))
    while await stage.value("select count(*) from pg_locks where locktype = 'advisory' and not granted") == 0:
        await asyncio.sleep(0.02)
    stopping = asyncio.create_task(_stop(stage.hub))
    await asyncio.sleep(1.5)
    assert not stopping.done()
    await stage.value("select pg_advisory_unlock($1)", JOURNAL_LOCK)
    assert (await reply).status == 201
    assert await word == 200
    assert (await stopping)[0] == 0
    assert await stage.value("select count(*) from messages") == 3


async def _word(stage: Stage, customer: Customer) -> int:
    """One more message of the customer, delivered once; how that was answered."""
    return (await stage.deliver(stage.written((customer, customer.draft("text", {"body": "Mais uma"}))))).status


async def test_a_send_under_way_is_finished(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.mute()
    stage.world.faults.next(1, Fault.hang(3.0))
    first = await ana.say(conversation_id, "Já a caminho")
    second = await ana.say(conversation_id, "Fica para depois")

    async def taken() -> bool:
        return bool(stage.world.ledger.sends_to(customer.number))

    await eventually(taken)
    assert (await _stop(stage.hub))[0] == 0
    rows = await stage.rows("select id::text, status::text from messages where direction = 'outbound' order by seq")
    assert [tuple(row) for row in rows] == [(first["message_id"], "sent"), (second["message_id"], "pending")]


async def test_the_second_sigterm_ends_it_at_once(prepared: str, tmp_path: Path) -> None:
    hub = HubProcess(tmp_path, prepared, {"drain.delay": "30s"}, cold=True)
    await hub.start()
    hub.tell(signal.SIGTERM)
    await asyncio.sleep(0.5)
    code, seconds = await _stop(hub)
    assert code == 128 + signal.SIGTERM
    assert seconds < AT_ONCE


async def test_sigterm_while_postgres_is_gone(server: Server, late: HubProcess) -> None:
    await late.start()
    await asyncio.to_thread(server.stop)
    await asyncio.sleep(0.5)
    _, seconds = await _stop(late)
    assert seconds < STOPS_WITHIN
    assert not [complaint for complaint in COMPLAINTS if complaint in late.log.read_text()]


async def test_sigterm_while_postgres_is_frozen(server: Server, late: HubProcess) -> None:
    late.options.update({"database.acquire": "500ms", "database.command": "1s"})
    await late.start()
    with server.frozen():
        await asyncio.sleep(0.5)
        _, seconds = await _stop(late)
    assert seconds < STOPS_WITHIN


@pytest.fixture
def own() -> Iterator[HubProcess]:
    """A hub with a PostgreSQL of its own, not started yet."""
    directory = Path(tempfile.mkdtemp(prefix="hub", dir="/tmp"))
    yield from ending(HubProcess(directory, "embedded", {}, cold=True))
    embedded.stop(directory / "data")
    shutil.rmtree(directory, ignore_errors=True)


async def test_a_killed_hub_leaves_its_postgres_and_joins_it_again(own: HubProcess) -> None:
    await own.start()
    before = embedded.status(own.directory / "data")
    own.kill()
    assert embedded.status(own.directory / "data") == before
    began = time.monotonic()
    await own.start()
    print(f"ready after {time.monotonic() - began:.1f} s")
    assert embedded.status(own.directory / "data") == before


async def test_a_postgres_of_its_own_that_dies_is_brought_back(own: HubProcess) -> None:
    await own.start()
    pid, watch = own.pid, Watch(own)
    async with watch.watching():
        Server(own.directory / "data").kill()
        await watch.until(503, CATCH_UP)
        print(f"back after {await watch.until(200, CATCH_UP):.1f} s")
    assert own.pid == pid
    assert {look.status for look in watch.looks if look.path == "/healthz"} == {200}


async def test_two_hubs_share_a_data_directory(own: HubProcess, tmp_path: Path) -> None:
    (own.directory / "data").mkdir()
    (tmp_path / "data").symlink_to(own.directory / "data")
    other = HubProcess(tmp_path, "embedded", {}, cold=True)
    own.launch()
    other.launch()
    await own.ready()
    await other.ready()
    assert (await _stop(own))[0] == 0
    async with aiohttp.ClientSession() as session:
        assert await Watch(other).look(session, "/readyz") == 200
    assert (await _stop(other))[0] == 0


def _last_words(hub: HubProcess) -> str:
    """The only thing that a person reads when the start fails."""
    log = hub.log.read_text()
    assert "Traceback" not in log
    return log.strip().splitlines()[-1]


async def test_a_port_in_use(prepared: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        hub = HubProcess(tmp_path, prepared, {}, port=taken.getsockname()[1], cold=True)
        hub.launch()
        assert await asyncio.to_thread(hub.wait) == 1
    assert f"Cannot listen on 127.0.0.1:{hub.port} (address already in use)" in _last_words(hub)


async def test_a_newer_schema(prepared: str, tmp_path: Path) -> None:
    await execute(prepared, "insert into schema_version (version, name, sha256) values (9999, 'future', '')")
    hub = HubProcess(tmp_path, prepared, {}, cold=True)
    hub.launch()
    assert await asyncio.to_thread(hub.wait) == 1
    assert "This database is at migration 9999" in _last_words(hub)
    connection = await asyncpg.connect(prepared)
    assert await connection.fetchval("select count(*) from users") == 3
    await connection.close()
