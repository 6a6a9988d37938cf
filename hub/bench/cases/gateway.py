"""The AI agent's tools: calls through the whole pipeline, and purchases from the wish to the payment."""

import asyncio
import itertools
import time
from typing import Any

import orjson

from hub.bench.ai import CONVERSATIONS, Ai, Line, prepared
from hub.bench.back_end import BackEnd, listening
from hub.bench.cases import money
from hub.bench.crowd import Lost
from hub.bench.load import closed_loop
from hub.bench.stage import Measured, Stage
from hub.bench.wire import Answer, Connection, connect

BUYERS = 16
"""Purchases at a time."""

LOOK = 0.05
"""Seconds between looks whether a customer's answer was heard."""


async def measure(stage: Stage) -> None:
    """A hub with back ends that answer at once; and one that is killed, with back ends that fail."""
    for _ in stage.repetitions("gateway"):
        async with listening() as back_end, stage.hub(back_end.config) as hub:
            ai = await prepared(stage, hub)
            await _calls(stage, hub, ai)
            await _purchases(stage, hub, ai, back_end)
    await money.measure(stage)


async def _calls(stage: Stage, hub: Measured, ai: Ai) -> None:
    """A tool whose answer is a copy, so that only the pipeline is measured."""
    turns = itertools.cycle(ai.lines)

    def request() -> bytes:
        line = next(turns)
        return ai.call("search_tickets", line, customer_id=str(line.customer_id))

    await closed_loop(hub.port, CONVERSATIONS, request, stage.scale.warm_up)
    before = hub.used()
    load = await closed_loop(hub.port, CONVERSATIONS, request, stage.scale.seconds)
    if load.broken or load.accepted != sum(load.statuses.values()):
        raise Lost(f"calls of a tool were refused: {dict(load.statuses)}")
    stage.samples.add("hub.gateway.calls.rate", load.rate)
    stage.samples.add_latency("hub.gateway.calls.answer", load.latencies)
    _add_used(stage, hub, before, "hub.gateway.calls", load.accepted)


async def _purchases(stage: Stage, hub: Measured, ai: Ai, back_end: BackEnd) -> None:
    commits: list[float] = []
    before, began = hub.used(), time.perf_counter()
    end = began + stage.scale.seconds
    await asyncio.gather(*(_buy(ai, ai.lines[number], end, commits) for number in range(BUYERS)))
    seconds = time.perf_counter() - began
    if back_end.commits != len(commits):
        raise Lost(f"{len(commits)} purchases were answered and {back_end.commits} were paid")
    stage.samples.add("hub.gateway.purchases.rate", len(commits) / seconds)
    stage.samples.add_latency("hub.gateway.purchases.commit", commits)
    _add_used(stage, hub, before, "hub.gateway.purchases", len(commits))


async def _buy(ai: Ai, line: Line, end: float, commits: list[float]) -> None:
    """One purchase after the other in one conversation."""
    connection = await connect(ai.measured.port)
    try:
        while time.perf_counter() < end:
            facts = {"customer_id": str(line.customer_id), "amount": "1.00", "description": "One chair"}
            made = _result(await connection.ask(ai.call("create_transaction_draft", line, **facts)))
            await connection.ask(ai.says(line, str(await ai.code(made["draft_id"]))))
            token = await _confirmed(connection, ai, line, made["draft_id"])
            began = time.perf_counter()
            given = {"draft_id": made["draft_id"], "confirmation_token": token}
            done = _result(await connection.ask(ai.call("commit_transaction", line, **given)))
            commits.append(time.perf_counter() - began)
            if done["state"] != "committed":
                raise Lost(f"a purchase is {done['state']}")
    finally:
        connection.close()


async def _confirmed(connection: Connection, ai: Ai, line: Line, draft_id: str) -> str:
    for _ in range(4000):
        answer = await connection.ask(ai.look(line, draft_id))
        if answer.status != 200:
            raise Lost(f"a look at a draft was refused with {answer.status}: {answer.body[:200].decode()}")
        if token := orjson.loads(answer.body)["confirmation"]["confirmation_token"]:
            return str(token)
        await asyncio.sleep(LOOK)
    raise Lost("a customer's answer was not heard")


def _result(answer: Answer) -> dict[str, Any]:
    if answer.status != 200:
        raise Lost(f"a tool refused with {answer.status}: {answer.body[:200].decode()}")
    found: dict[str, Any] = orjson.loads(answer.body)["result"]
    return found


def _add_used(stage: Stage, hub: Measured, before: tuple[float, float], key: str, count: int) -> None:
    own, database = (after - earlier for after, earlier in zip(hub.used(), before, strict=True))
    stage.samples.add(f"{key}.cpu", own / count * 1000)
    stage.samples.add(f"{key}.database", database / count * 1000)
