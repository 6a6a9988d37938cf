"""An AI agent's program around a running hub: its key, its sessions, and its calls over JSON."""

import itertools
import json
from typing import Any, Self
from uuid import uuid4

import orjson
from attrs import define, field

from hub.demo.whatsapp import Customer
from tests.acceptance.agent import Agent, Answer, Json
from tests.acceptance.stage import ANA, ROOT, Stage

_names = itertools.count(1)


@define
class Talk:
    """A conversation in which the AI agent has a session; `agent` is a colleague who sees it."""

    stage: Stage
    agent: Agent
    customer: Customer
    conversation_id: str
    customer_id: str = ""
    key: str = ""
    token: str = ""
    url: str = ""
    heard: list[Answer] = field(factory=list, init=False)
    """What its calls were answered."""

    @property
    def headers(self) -> dict[str, str]:
        """What the session shows."""
        return {"Authorization": f"Bearer {self.token}"}

    async def session(self) -> Answer:
        """Opens a session; from now on calls are made in it, if it was opened."""
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = await self.request("POST", "sessions", {"conversation_id": self.conversation_id}, headers)
        if answer.status == 201:
            self.token, self.customer_id = answer.json["token"], answer.json["customer_id"]
            self.stage.planted.append(self.token)
        return answer

    async def request(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """Any request to the AI agent's doors."""
        raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        given = {"Content-Type": "application/json", **(self.headers if headers is None else headers)}
        url = f"{self.url or self.stage.hub.url}/ai/v1/{path}"
        async with self.stage.session.request(method, url, data=raw, headers=given) as answer:
            return Answer(answer.status, answer.headers.copy(), await answer.read())

    async def call(self, tool: str, arguments: Any, key: str | None = None) -> Answer:
        """Calls a tool. `$customer` stands for the conversation's customer."""
        raw = orjson.dumps(arguments) if not isinstance(arguments, bytes) else arguments
        raw = raw.replace(b"$customer", self.customer_id.encode())
        headers = {**self.headers, "Idempotency-Key": key} if key else self.headers
        answer = await self.request("POST", f"tools/{tool}/call", b'{"arguments": ' + raw + b"}", headers)
        self.heard.append(answer)
        return answer

    async def search(self, key: str | None = None) -> Answer:
        """The simplest call."""
        return await self.call("search_tickets", {"customer_id": "$customer"}, key)

    async def say(self, text: str, client_id: str | None = None) -> Answer:
        """A word of the AI agent's own."""
        body = {"client_id": client_id or str(uuid4()), "text": text}
        return await self.request("POST", f"conversations/{self.conversation_id}/messages", body)

    async def hand_back(self) -> Answer:
        """A colleague hands the conversation to the AI agent."""
        return await self.agent.request("PUT", f"/api/v1/conversations/{self.conversation_id}/ai")

    async def audited(self) -> list[Json]:
        """The rows of the audit about this conversation, in order."""
        rows = await self.stage.rows("select body::json as body from audit_log order by seq")
        return [row["body"] for row in rows if row["body"]["conversation_id"] == self.conversation_id]


@define
class Company:
    """A company whose AI agent works in a sales team."""

    stage: Stage
    root: Agent
    agent: Agent
    key: str
    talks: list[Talk] = field(factory=list)

    @classmethod
    async def of(cls, stage: Stage) -> Self:
        """The people, their team, and the AI agent's key."""
        root, agent = await stage.login(ROOT), await stage.login(ANA)
        teams = (await root.get("teams"))["data"]
        team = next(each for each in teams if each["name"] == "Support")
        await root.request("PATCH", f"/api/v1/teams/{team['id']}", {"kind": "sales"})
        return cls(stage, root, agent, await another_key(stage, root))

    async def talk(self, text: str = "Bom dia, quero renovar o meu plano") -> Talk:
        """A new customer writes, and the AI agent opens a session."""
        customer, conversation_id = await self.stage.conversation(self.agent, text)
        return await self.join(Talk(self.stage, self.agent, customer, conversation_id, key=self.key))

    async def join(self, talk: Talk) -> Talk:
        """The AI agent opens a session in a conversation that there is."""
        answer = await talk.session()
        assert answer.status == 201, answer.raw
        return talk


async def another_key(stage: Stage, root: Agent) -> str:
    """A new AI agent's key."""
    body = {"name": f"Helper {next(_names)}", "scope": "ai"}
    answer = await root.request("POST", "/api/v1/api-keys", body)
    assert answer.status == 201, answer.raw
    secret: str = answer.json["secret"]
    stage.planted.append(secret)
    return secret
