"""The hub's doors for AI agents, as a program uses them: a session for a conversation, tools, and words."""

import time
from typing import Any
from uuid import uuid4

import aiohttp
from attrs import define, frozen

Json = dict[str, Any]


@frozen
class Called:
    """What a call of a tool came to. `result` for a good one, `problem` for one that was refused or failed."""

    tool: str
    http_status: int
    body: Json
    seconds: float

    @property
    def status(self) -> str:
        """`ok`, `pending_approval`, `commit_unknown`, or the problem's code."""
        return str(self.body.get("status") if self.http_status < 300 else self.body.get("code"))

    @property
    def result(self) -> Json:
        """What the tool answered; empty for a problem."""
        return dict(self.body.get("result") or {})


class Gone(Exception):
    """A person has the conversation now, or it is over: there is nothing more to do in it."""


@define
class AiClient:
    """One session, in one conversation. `key` is the company's AI key; the session's token is what a model's runtime
    would be given instead of it."""

    session: aiohttp.ClientSession
    hub_url: str
    key: str
    conversation_id: str
    customer_id: str = ""
    _token: str = ""

    async def open(self) -> None:
        """Opens the session. Raises Gone, aiohttp.ClientError."""
        answer = await self._ask("POST", "sessions", {"conversation_id": self.conversation_id}, bearer=self.key)
        self._token, self.customer_id = answer["token"], answer["customer_id"]

    async def messages(self, after: int = 0) -> list[Json]:
        """What was said after a place in the conversation. Raises Gone."""
        found = await self._ask("GET", f"conversations/{self.conversation_id}/messages?after={after}")
        return list(found["data"])

    async def say(self, text: str) -> None:
        """Says something to the customer. Raises Gone."""
        body = {"client_id": str(uuid4()), "text": text}
        await self._ask("POST", f"conversations/{self.conversation_id}/messages", body)

    async def draft(self, draft_id: str) -> Json:
        """How a draft stands; looking counts for no limit. Raises Gone."""
        return await self._ask("GET", f"drafts/{draft_id}")

    async def call(self, tool: str, arguments: Json) -> Called:
        """Calls a tool. A problem is an answer like any other. Raises Gone."""
        began = time.monotonic()
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": str(uuid4())}
        url, body = f"{self.hub_url}/ai/v1/tools/{tool}/call", {"arguments": arguments}
        async with self.session.post(url, json=body, headers=headers) as answer:
            called = Called(tool, answer.status, await answer.json(content_type=None), time.monotonic() - began)
        if called.status in ("ai_detached", "conversation_closed"):
            raise Gone
        return called

    async def _ask(self, method: str, path: str, body: Json | None = None, bearer: str = "") -> Json:
        headers = {"Authorization": f"Bearer {bearer or self._token}"}
        async with self.session.request(method, f"{self.hub_url}/ai/v1/{path}", json=body, headers=headers) as answer:
            said: Json = await answer.json(content_type=None)
            if answer.status in (404, 409, 401) and not bearer:
                raise Gone
            if answer.status == 409:
                raise Gone
            answer.raise_for_status()
            return said
