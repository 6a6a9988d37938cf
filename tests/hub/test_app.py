"""The whole hub in this process, on a real database: how it comes up, what it serves, how it goes."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest

from actors.chores import every
from hub.app import Hub, StartFailed
from hub.demo.whatsapp import Timings, WhatsAppWorld
from hub.rights import Role
from hub.team import TeamKind
from hub.user import NewUser
from storage.database import Database
from storage.team import TeamStore
from storage.user import UserStore
from tests.conftest import execute, named
from tests.hub.conftest import Configured
from web.passwords import Passwords

NUMBER, TOKEN, SECRET, VERIFY = "106540352242922", "a-token-of-the-tests", "an-app-secret-of-the-tests", "verify-it"
PASSWORD = "correct horse battery"
CHANNEL = """
[channels.whatsapp-main]
type = "whatsapp"
phone_number_id = "{number}"
waba_id = "102290129340398"
access_token = "{token}"
app_secret = "{secret}"
verify_token = "{verify}"
graph_url = "{graph}"
media_hosts = ["127.0.0.1"]
"""


class Running:
    """A hub that was started, and a client of it."""

    def __init__(self, hub: Hub, port: int, client: aiohttp.ClientSession) -> None:
        self.hub, self.client = hub, client
        self.url = f"http://127.0.0.1:{port}"
        self.stopping: asyncio.Task[None] | None = None

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        async with self.client.get(f"{self.url}{path}", headers=headers) as answer:
            body = await answer.json() if "json" in answer.content_type else await answer.text()
            return answer.status, body

    async def until(self, true: Callable[[], Any]) -> None:
        """Waits for what comes soon."""
        async with asyncio.timeout(30):
            while not await true():
                await asyncio.sleep(0.02)

    async def answers(self, status: int) -> None:
        """Waits until `/readyz` says so."""

        async def so() -> bool:
            return (await self.get("/readyz"))[0] == status

        await self.until(so)


@contextlib.asynccontextmanager
async def running(hub: Hub) -> AsyncIterator[Running]:
    """Starts it, and stops it at the end."""
    port = await hub.start()
    async with aiohttp.ClientSession() as client:
        up = Running(hub, port, client)
        try:
            yield up
        finally:
            async with asyncio.timeout(20):
                await (up.stopping or hub.stop())


async def test_it_serves_and_stops_and_leaves_nothing(
    configured: Configured, database_url: str, tmp_path: Path
) -> None:
    before = set(asyncio.all_tasks())
    async with running(Hub(configured(), database_url, tmp_path)) as hub:
        await hub.answers(200)
        assert (await hub.get("/healthz"))[0] == 200
        assert (await hub.get("/api/v1/conversations"))[1]["code"] == "unauthenticated"
        assert (await hub.get("/nowhere"))[0] == 404
        described = (await hub.get("/openapi.json"))[1]["paths"]
        for path in ("/api/v1/conversations/{id}/messages", "/webhooks/whatsapp/{channel}", "/sse", "/api/v1/media"):
            assert path in described
        figures = (await hub.get("/metrics"))[1]
        for name in ("hub_db_pool_connections", 'hub_actors{kind="writer"}', "hub_event_loop_lag_seconds"):
            assert name in figures
    with pytest.raises(aiohttp.ClientConnectorError):
        async with aiohttp.ClientSession() as client:
            await client.get(hub.url)
    await asyncio.sleep(0)
    assert {task for task in asyncio.all_tasks() if not task.done()} <= before | {asyncio.current_task()}
    connection = await asyncpg.connect(database_url)
    others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    async with asyncio.timeout(10):
        while await connection.fetchval(others):
            await asyncio.sleep(0.02)
    await connection.close()


async def test_it_listens_before_the_database_is_there(configured: Configured, postgres: str, tmp_path: Path) -> None:
    await execute(postgres, "drop database if exists comes_later with (force)")
    async with running(Hub(configured(), named(postgres, "comes_later"), tmp_path)) as hub:
        assert (await hub.get("/healthz"))[0] == 200
        status, said = await hub.get("/readyz")
        assert (status, said["parts"]["database"]["state"], said["parts"]["migrations"]["state"]) == (
            503,
            "down",
            "down",
        )
        body = {"email": "ana@example.com", "password": PASSWORD}
        async with hub.client.post(f"{hub.url}/api/v1/auth/login", json=body) as answer:
            assert (answer.status, (await answer.json())["code"]) == (503, "unavailable")
            assert "Retry-After" in answer.headers
        await execute(postgres, "create database comes_later")
        await hub.answers(200)
    await execute(postgres, "drop database comes_later with (force)")


async def test_it_stops_while_it_still_waits_for_the_database(configured: Configured, tmp_path: Path) -> None:
    hub = Hub(configured(), "postgresql://127.0.0.1:1/nowhere", tmp_path)
    async with running(hub) as up:
        assert (await up.get("/readyz"))[0] == 503
    assert not hub.ready.is_set()


async def test_a_database_that_is_not_for_this_code_ends_it_with_the_reason(
    configured: Configured, database_url: str, tmp_path: Path
) -> None:
    await execute(database_url, "insert into schema_version (version, name, sha256) values (9999, 'later', '')")
    hub = Hub(configured(), database_url, tmp_path)
    async with running(hub) as up:
        async with asyncio.timeout(20):
            why = await hub.broken()
        assert isinstance(why, StartFailed)
        assert "migration 9999" in str(why)
        assert (await up.get("/readyz"))[0] == 503


async def test_a_part_that_fails_again_and_again_makes_it_unhealthy(
    configured: Configured, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(configured(), database_url, tmp_path)

    async def fails() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(hub, "_gauge", fails)
    monkeypatch.setattr("hub.app.every", lambda seconds, what: every(min(seconds, 0.01), what))
    async with running(hub) as up:
        async with asyncio.timeout(40):
            why = await hub.broken()
        assert "gauges" in str(why)
        assert (await up.get("/healthz"))[0] == 503


async def test_while_it_drains_it_is_not_ready_but_serves(
    configured: Configured, database_url: str, tmp_path: Path
) -> None:
    async with running(Hub(configured({"drain.delay": "1s"}), database_url, tmp_path)) as hub:
        await hub.answers(200)
        hub.stopping = asyncio.create_task(hub.hub.stop())
        await hub.answers(503)
        assert (await hub.get("/healthz"))[0] == 200
        assert (await hub.get("/readyz"))[1]["draining"] is True


async def test_a_taken_port_is_told_and_nothing_stays_open(configured: Configured, tmp_path: Path) -> None:
    before = set(asyncio.all_tasks())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        hub = Hub(
            configured({"server.port": str(taken.getsockname()[1])}), "postgresql://127.0.0.1:1/nowhere", tmp_path
        )
        with pytest.raises(OSError, match="in use"):
            await hub.start()
    assert {task for task in asyncio.all_tasks() if not task.done()} <= before


# All parts together


@pytest.fixture
async def world() -> AsyncIterator[WhatsAppWorld]:
    world = WhatsAppWorld(
        phone_number_id=NUMBER,
        access_token=TOKEN,
        app_secret=SECRET,
        verify_token=VERIFY,
        webhook_url="",
        timings=Timings(sent=(0.0, 0.01), delivered=(0.01, 0.02)),
    )
    await world.start()
    yield world
    await world.stop()


async def test_a_customer_and_an_agent_talk(
    configured: Configured, database: Database, tmp_path: Path, world: WhatsAppWorld
) -> None:
    """The one test that every part stands in: webhook, actors, journal, live stream, courier, figures."""
    channel = CHANNEL.format(number=NUMBER, token=TOKEN, secret=SECRET, verify=VERIFY, graph=world.base_url)
    team = await TeamStore(database).create("Support", TeamKind.SUPPORT)
    hashed = await Passwords(memory_kib=8).hash(PASSWORD)
    ana = await UserStore(database).create(NewUser("ana@example.com", "Ana", Role.AGENT, hashed))
    await TeamStore(database).add_member(team.id, ana.id)
    async with running(Hub(configured(source=channel), database.url, tmp_path)) as hub:
        world.webhooks.subscription.url = f"{hub.url}/webhooks/whatsapp/whatsapp-main"
        await hub.answers(200)
        await world.subscribe()
        body = {"email": "ana@example.com", "password": PASSWORD}
        async with hub.client.post(f"{hub.url}/api/v1/auth/login", json=body) as answer:
            bearer = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
        async with hub.client.ws_connect(f"{hub.url}/ws", headers=bearer) as socket:
            assert (await socket.receive_json(timeout=20))["type"] == "hello"
            await world.customer("351910000001", "Maria").say("Bom dia")
            frames = []
            while "message.received" not in frames:
                frames.append((await socket.receive_json(timeout=20))["type"])
            assert "conversation.new" in frames
            (conversation,) = (await hub.get("/api/v1/conversations", **bearer))[1]["data"]
            path = f"/api/v1/conversations/{conversation['id']}"
            reply = {"client_id": str(ana.id), "text": "Olá, Maria!"}
            async with hub.client.post(f"{hub.url}{path}/messages", json=reply, headers=bearer) as answer:
                assert answer.status == 201
            delivered = False
            while not delivered:
                frame = await socket.receive_json(timeout=20)
                delivered = frame["type"] == "message.status" and frame["data"]["message"]["status"] == "delivered"
        (sent,) = world.ledger.sends
        assert sent.text == "Olá, Maria!"
        async with hub.client.put(f"{hub.url}{path}/read", json={}, headers=bearer) as answer:
            assert answer.status == 204

        async def told() -> bool:
            return len(world.ledger.reads) == 1

        await hub.until(told)
        figures = (await hub.get("/metrics"))[1]
        assert 'hub_outbound_messages_total{channel="whatsapp-main",outcome="sent"} 1.0' in figures
        assert 'hub_ingress_messages_total{channel="whatsapp-main",type="text"} 1.0' in figures
