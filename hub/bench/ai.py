"""AI agents' programs, and the conversations of a sales team that they work in."""

import hashlib
import itertools
import secrets
from collections.abc import Iterator
from uuid import UUID

import orjson
from attrs import define, field, frozen

from hub.api_key import NOISE, Scope, secret
from hub.bench.people import Agents
from hub.bench.stage import Measured, Stage, bearer
from hub.bench.webhook import phone
from hub.ids import uuid7

CONVERSATIONS = 64


@frozen
class Line:
    """A conversation, its customer, and the key of the program that works in it: what a key may ask in a minute is
    bounded, also where the configuration bounds nothing."""

    id: UUID
    customer: int
    customer_id: UUID
    key: str


@define
class Ai:
    """The programs. `colleagues` are the people of their team."""

    measured: Measured
    lines: list[Line]
    colleagues: Agents
    _wamids: Iterator[int] = field(factory=lambda: itertools.count(9 * 10**9))

    def call(self, tool: str, line: Line, **arguments: str) -> bytes:
        """The request of a call."""
        body = orjson.dumps({"conversation_id": str(line.id), "arguments": arguments})
        return bearer("POST", f"/ai/v1/tools/{tool}/call", body, line.key)

    def look(self, line: Line, draft_id: str) -> bytes:
        """The request of a look at a draft."""
        return bearer("GET", f"/ai/v1/drafts/{draft_id}?conversation_id={line.id}", b"", line.key)

    async def code(self, draft_id: str) -> str | None:
        """The code that the customer was asked for, once they were."""
        query = "select code from transaction_drafts where id = $1::uuid and cardinality(prompt_ids) > 0"
        code: str | None = await self.measured.postgres.value(self.measured.url, query, draft_id)
        return code

    def says(self, line: Line, words: str) -> bytes:
        """The webhook with what the customer writes."""
        webhooks = self.measured.webhooks
        body = orjson.loads(webhooks.body(line.customer, next(self._wamids)))
        body["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"] = words
        return webhooks.signed(orjson.dumps(body))


async def prepared(stage: Stage, hub: Measured, colleagues: int = 1) -> Ai:
    """The programs with `CONVERSATIONS` conversations on a hub that is empty."""
    people = await stage.agents(hub.url, colleagues)
    await hub.postgres.execute(hub.url, "update teams set kind = 'sales'")
    await hub.write(range(CONVERSATIONS), CONVERSATIONS)
    rows = await hub.postgres.fetch(
        hub.url,
        "select c.id, c.customer_id, i.value from conversations c"
        " join identities i on i.customer_id = c.customer_id and i.kind = 'wa_id'",
    )
    customers = {phone(number): number for number in range(CONVERSATIONS)}
    keys = await _keys(hub, len(rows))
    lines = [
        Line(row["id"], customers[row["value"]], row["customer_id"], key) for row, key in zip(rows, keys, strict=True)
    ]
    return Ai(hub, lines, people)


async def _keys(hub: Measured, count: int) -> list[str]:
    ids = [uuid7() for _ in range(count)]
    keys = [secret(Scope.AI, key_id, secrets.token_bytes(NOISE)) for key_id in ids]
    rows = [
        (key_id, hashlib.sha256(key.encode()).digest(), "bench", "ai") for key_id, key in zip(ids, keys, strict=True)
    ]
    await hub.postgres.copy(hub.url, "api_keys", ("id", "secret_hash", "name", "scope"), rows)
    return keys
