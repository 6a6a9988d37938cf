"""What this machine could do at most: a handler that does nothing, one that checks and parses, PostgreSQL alone, and a
frame written to a thousand sockets."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial

import asyncpg

from hub.bench import wire
from hub.bench.crowd import Crowd
from hub.bench.load import closed_loop
from hub.bench.stage import Measured, Stage
from hub.bench.webhook import Webhooks

ROWS = 200
"""Rows of a batched insert: as many as the hub puts into one commit."""

_TABLE = "create table rows (id bigint generated always as identity primary key, body jsonb not null)"
_MANY = "insert into rows (body) select value from jsonb_array_elements($1::jsonb)"
_ONE = "insert into rows (body) values ($1::jsonb)"
_BODY = '{"text":"Is my transfer done? It is not shown yet.","status":"received","sender":"customer","seq":1}'


async def measure(stage: Stage) -> None:
    """All limits but those that belong to one case, which measures them beside its own figures."""
    for _ in stage.repetitions("limits"):
        async with stage.bare() as bare:
            await _handlers(stage, bare)
            await _broadcast(stage, bare)
        await _database(stage)


async def _handlers(stage: Stage, bare: Measured) -> None:
    nothing = wire.request("POST", "/nothing", b"{}")
    webhooks = Webhooks()
    signed = webhooks.signed(webhooks.body(1, 1)).replace(b"POST /webhooks/whatsapp/bench ", b"POST /verified ", 1)
    for key, asked in (("nothing", nothing), ("verified", signed)):
        load = await closed_loop(bare.port, stage.scale.connections, partial(bytes, asked), stage.scale.seconds / 2)
        stage.samples.add(f"limits.{key}", load.rate)


async def _broadcast(stage: Stage, bare: Measured) -> None:
    size, crowd, connection = min(1000, stage.scale.sockets), Crowd(), await wire.connect(bare.port)
    asked = wire.request("POST", "/broadcast", b'{"type":"message.received","data":"%b"}' % (b"x" * 1000))
    try:
        await crowd.gather(bare.port, [""] * size)
        began = time.perf_counter()
        while time.perf_counter() < began + stage.scale.seconds / 2:
            crowd.expect(size)
            await connection.ask(asked)
            await crowd.complete()
        stage.samples.add("limits.broadcast", crowd.delivered / (time.perf_counter() - began))
    finally:
        crowd.leave()
        connection.close()


async def _database(stage: Stage) -> None:
    async with stage.postgres.database() as url:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(_TABLE)
            many, one = await connection.prepare(_MANY), await connection.prepare(_ONE)
            rows = f"[{','.join([_BODY] * ROWS)}]"
            batches = await _per_second(lambda: many.fetch(rows), stage.scale.seconds / 2)
            stage.samples.add("limits.batched_rows", batches * ROWS)
            stage.samples.add("limits.commits", await _per_second(lambda: one.fetch(_BODY), stage.scale.seconds / 2))
        finally:
            await connection.close()


async def _per_second(act: Callable[[], Awaitable[object]], seconds: float) -> float:
    count, began = 0, time.perf_counter()
    while time.perf_counter() < began + seconds:
        await act()
        count += 1
        await asyncio.sleep(0)
    return count / (time.perf_counter() - began)
