"""Webhooks out as they are put together: from the log to a receiver."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from actors.kernel import System
from hub.config import load
from storage.database import Database
from tests.storage.webhook_scene import Scene
from tests.web.conftest import SECRET
from web import webhooks_out
from web.webhook_metrics import WebhookMetrics

OPEN = '[webhooks]\nlook = "20ms"\nretry_first = "10ms"\nprivate_networks = ["127.0.0.0/8"]\n'


@pytest.mark.parametrize(("settings", "outcome"), [(OPEN, "delivered"), ('[webhooks]\nlook = "20ms"\n', "retried")])
async def test_only_where_the_configuration_lets_it(database: Database, settings: str, outcome: str) -> None:
    async def take(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    scene, system, registry, tries = Scene(database), System(), CollectorRegistry(), set[asyncio.Task[None]]()
    await scene.set(url=f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await scene.happens(UUID(int=1))

    async def spawn(errand: Coroutine[Any, Any, None]) -> None:
        tries.add(asyncio.create_task(errand))

    config = load(settings.encode(), make_up=lambda path: SECRET).config
    figures = WebhookMetrics(registry)
    async with webhooks_out.opened(config, system, scene.dispatch, figures, spawn, lambda: datetime.now(UTC)) as keeper:
        running = asyncio.create_task(keeper.run())
        async with asyncio.timeout(20):
            while not registry.get_sample_value("hub_webhook_deliveries_total", {"outcome": outcome}):
                await asyncio.sleep(0.02)
        keeper.close()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await asyncio.gather(*tries)
        await system.drain(2.0)
    await runner.cleanup()
    reason = await scene.value("select last_reason from webhook_deliveries")
    assert reason == (None if outcome == "delivered" else "address_refused")
