"""The doors at which an AI agent calls tools: JSON, and MCP, whose answers are told as JSON would have told them."""

from typing import Any

import attrs
import orjson
from attrs import define

from hub.mcp.envelope import CLIENT_CAPABILITIES, PROTOCOL_VERSION
from tests.acceptance.agent import Answer, Json
from tests.acceptance.ai_kit import Company, Talk
from tests.acceptance.stage import Stage

REVISIONS = ("2026-07-28", "2025-11-25")
"""One of each wire: without a handshake, and with one."""

ACCEPTED = "application/json, text/event-stream"
"""What a client has to take."""

DOORS = ("JSON", *REVISIONS)
"""All ways to a tool."""


@define
class McpTalk(Talk):
    """The same talk, with calls over MCP."""

    revision: str = REVISIONS[0]

    @classmethod
    def like(cls, talk: Talk, revision: str = REVISIONS[0]) -> "McpTalk":
        """In the same session."""
        told = {field.name: getattr(talk, field.name) for field in attrs.fields(Talk) if field.init}
        return cls(**told, revision=revision)

    async def shake_hands(self) -> None:
        """What a client of the older wire begins with; the newer one has no such thing."""
        if self.revision == REVISIONS[0]:
            return
        about = {"protocolVersion": self.revision, "capabilities": {}, "clientInfo": {"name": "shop", "version": "1"}}
        hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": about}
        answer = await self._post(orjson.dumps(hello), {})
        assert answer.json["result"]["protocolVersion"] == self.revision, answer.raw
        done = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        told = await self._post(orjson.dumps(done), {"MCP-Protocol-Version": self.revision})
        assert told.status == 202, told.raw

    async def call(self, tool: str, arguments: Any, key: str | None = None) -> Answer:
        """Calls a tool. `$customer` stands for the conversation's customer."""
        raw = arguments if isinstance(arguments, bytes) else orjson.dumps(arguments)
        raw = raw.replace(b"$customer", self.customer_id.encode())
        meta: dict[str, Any] = {"hub/idempotencyKey": key} if key else {}
        headers = {"MCP-Protocol-Version": self.revision}
        if self.revision == REVISIONS[0]:
            meta |= {PROTOCOL_VERSION: self.revision, CLIENT_CAPABILITIES: {}}
            headers |= {"Mcp-Method": "tools/call", "Mcp-Name": tool}
        params = b'{"name": %b, "arguments": %b, "_meta": %b}' % (orjson.dumps(tool), raw, orjson.dumps(meta))
        body = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": %b}' % params
        answer = _told(await self._post(body, headers))
        self.heard.append(answer)
        return answer

    async def _post(self, body: bytes, headers: dict[str, str]) -> Answer:
        url = f"{self.url or self.stage.hub.url}/mcp"
        given = {"Content-Type": "application/json", "Accept": ACCEPTED, **self.headers, **headers}
        async with self.stage.session.post(url, data=body, headers=given) as answer:
            return Answer(answer.status, answer.headers.copy(), await answer.read())


def _told(answer: Answer) -> Answer:
    """The status and the body that JSON would have answered with."""
    found: Json = answer.json
    if "error" in found:
        assert (answer.status, found["error"]["code"]) == (400, -32700)
        return Answer(400, answer.headers, b'{"code":"invalid_json"}')
    if "result" not in found:
        return answer
    seen: Json = found["result"]["structuredContent"]
    assert (answer.status, found["result"]["isError"]) == (200, "code" in seen)
    if "code" in seen:
        return Answer(seen["status"], answer.headers, orjson.dumps(seen))
    waits = seen["status"] in ("pending_approval", "commit_unknown")
    return Answer(202 if waits else 200, answer.headers, orjson.dumps(seen))


@define
class McpCompany(Company):
    """A company whose AI agent speaks MCP."""

    revision: str = REVISIONS[0]

    async def join(self, talk: Talk) -> Talk:
        """The AI agent opens a session in a conversation that there is."""
        joined = McpTalk.like(await super().join(talk), self.revision)
        await joined.shake_hands()
        return joined


async def company_at(door: str, stage: Stage) -> Company:
    """A company whose AI agent comes in by this door."""
    if door not in REVISIONS:
        return await Company.of(stage)
    made = await McpCompany.of(stage)
    made.revision = door
    return made


async def at_each_door(company: Company) -> list[Talk]:
    """Three conversations, and the AI agent comes in by another door in each."""
    talks = [await company.talk() for _ in DOORS]
    over_mcp = [McpTalk.like(talk, revision) for talk, revision in zip(talks[1:], REVISIONS, strict=True)]
    for talk in over_mcp:
        await talk.shake_hands()
    return [talks[0], *over_mcp]
