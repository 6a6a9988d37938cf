"""The AI agent's tools: calls through the whole pipeline, and purchases from the wish to the payment."""

import asyncio
import hashlib
import itertools
import secrets
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
from attrs import define, field, frozen

from hub.api_key import NOISE, Scope, secret
from hub.bench.back_end import BackEnd, listening
from hub.bench.crowd import Lost
from hub.bench.load import closed_loop
from hub.bench.stage import Measured, Stage, bearer
from hub.bench.webhook import phone
from hub.bench.wire import Answer, Connection, connect
from hub.ids import uuid7

CONVERSATIONS = 64
BUYERS = 16
"""Purchases at a time."""

LOOK = 0.05
"""Seconds between looks whether a customer's answer was heard."""


@frozen
class Line:
    """A conversation and its customer."""

    id: UUID
    customer: int
    customer_id: UUID


@define
class Ai:
    """A program with its key, and the conversations that it works in."""

    measured: Measured
    key: str
    lines: list[Line]
    _reading: asyncio.Lock = field(factory=asyncio.Lock)
    _wamids: Iterator[int] = field(factory=lambda: itertools.count(9 * 10**9))

    def call(self, tool: str, line: Line, **arguments: str) -> bytes:
        """The request of a call."""
        body = orjson.dumps({"conversation_id": str(line.id), "arguments": arguments})
        return bearer("POST", f"/ai/v1/tools/{tool}/call", body, self.key)

    def look(self, line: Line, draft_id: str) -> bytes:
        """The request of a look at a draft."""
        return bearer("GET", f"/ai/v1/drafts/{draft_id}?conversation_id={line.id}", b"", self.key)

    async def answer(self, line: Line, draft_id: str) -> bytes:
        """The customer's webhook with the code that they were asked for."""
        query = "select code from transaction_drafts where id = $1::uuid and cardinality(prompt_ids) > 0"
        async with self._reading:  # one connection
            code = await self.measured.postgres.value(self.measured.url, query, draft_id)
        webhooks = self.measured.webhooks
        body = orjson.loads(webhooks.body(line.customer, next(self._wamids)))
        body["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"] = str(code)
        return webhooks.signed(orjson.dumps(body))


async def measure(stage: Stage) -> None:
    """A hub with back ends that answer at once."""
    for _ in stage.repetitions("gateway"):
        async with listening() as back_end, stage.hub(back_end.config) as hub:
            ai = await _prepared(stage, hub)
            await _calls(stage, hub, ai)
            await _purchases(stage, hub, ai, back_end)


async def _prepared(stage: Stage, hub: Measured) -> Ai:
    await stage.agents(hub.url, 1)
    await hub.postgres.execute(hub.url, "update teams set kind = 'sales'")
    await hub.write(range(CONVERSATIONS), CONVERSATIONS)
    key_id = uuid7()
    key = secret(Scope.AI, key_id, secrets.token_bytes(NOISE))
    await hub.postgres.execute(
        hub.url,
        "insert into api_keys (id, secret_hash, name, scope) values ($1, $2, 'bench', 'ai')",
        key_id,
        hashlib.sha256(key.encode()).digest(),
    )
    rows = await hub.postgres.fetch(
        hub.url,
        "select c.id, c.customer_id, i.value from conversations c"
        " join identities i on i.customer_id = c.customer_id and i.kind = 'wa_id'",
    )
    customers = {phone(number): number for number in range(CONVERSATIONS)}
    lines = [Line(row["id"], customers[row["value"]], row["customer_id"]) for row in rows]
    return Ai(hub, key, lines)


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
            await connection.ask(await ai.answer(line, made["draft_id"]))
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
        found = orjson.loads((await connection.ask(ai.look(line, draft_id))).body)
        if token := found["confirmation"]["confirmation_token"]:
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
