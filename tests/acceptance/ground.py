"""A request that acts, and what it needs to be there before it."""

from collections.abc import Callable
from typing import Any

from attrs import define, frozen

from hub.demo.whatsapp import Customer
from tests.acceptance.agent import Agent, Answer, Json
from tests.acceptance.ports import free_port
from tests.acceptance.stage import Stage


@frozen
class Act:
    """A request that can be made, and what counts its effects so far: a query (of these arguments), or a look at a back
    end's books. `by` makes it in place of whoever else would."""

    path: str
    body: Json | None
    count: str | Callable[[], int]
    arguments: tuple[Any, ...] = ()
    by: Agent | None = None

    async def ask(self, agent: Agent, key: str, body: Json | None = None) -> Answer:
        """Makes it, under this key."""
        who = self.by or agent
        return await who.request("POST", f"/api/v1/{self.path}", body or self.body, **{"Idempotency-Key": key})

    async def effects(self, stage: Stage) -> int:
        """How often it has been done."""
        if callable(self.count):
            return self.count()
        return int(await stage.value(self.count, *self.arguments))


@define
class Ground:
    """What requests need to be there before them."""

    stage: Stage
    agent: Agent

    async def made(self, path: str, body: Json | None = None) -> str:
        """Makes something; its id."""
        answer = await self.agent.request("POST", f"/api/v1/{path}", body)
        assert answer.status in (200, 201, 202), answer.raw
        return str(answer.json["id"])

    async def talk(self) -> tuple[Customer, str]:
        """A customer who has written, and their conversation."""
        return await self.stage.conversation(self.agent)

    async def webhook(self) -> str:
        """A webhook that nobody answers."""
        url = f"http://127.0.0.1:{free_port()}/hook"
        return await self.made("webhooks", {"url": url, "event_types": ["message.received"]})

    async def events(self, conversation_id: str, *types: str) -> tuple[str, tuple[Any, ...]]:
        """Counts the events of these types from now on."""
        before = await self.stage.value("select coalesce(max(seq), 0) from events")
        return (
            "select count(*) from events where conversation_id = $1 and type = any($2) and seq > $3",
            (conversation_id, list(types), before),
        )


def named(table: str, column: str = "name") -> str:
    """Counts what has this name."""
    return f"select count(*) from {table} where {column} = $1"
