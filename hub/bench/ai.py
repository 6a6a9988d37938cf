"""An AI agent's program with its key, and the conversations of a sales team that it works in."""

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
    """A conversation and its customer."""

    id: UUID
    customer: int
    customer_id: UUID


@define
class Ai:
    """The program. `colleagues` are the people of its team."""

    measured: Measured
    key: str
    lines: list[Line]
    colleagues: Agents
    _wamids: Iterator[int] = field(factory=lambda: itertools.count(9 * 10**9))

    def call(self, tool: str, line: Line, **arguments: str) -> bytes:
        """The request of a call."""
        body = orjson.dumps({"conversation_id": str(line.id), "arguments": arguments})
        return bearer("POST", f"/ai/v1/tools/{tool}/call", body, self.key)

    def look(self, line: Line, draft_id: str) -> bytes:
        """The request of a look at a draft."""
        return bearer("GET", f"/ai/v1/drafts/{draft_id}?conversation_id={line.id}", b"", self.key)

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
    """The program with `CONVERSATIONS` conversations on a hub that is empty."""
    people = await stage.agents(hub.url, colleagues)
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
    return Ai(hub, key, lines, people)
