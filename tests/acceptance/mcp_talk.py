"""An AI agent's program that calls tools over MCP, told of the answers as JSON would have told it."""

from typing import Any

import attrs
import orjson
from attrs import define

from hub.mcp.envelope import CLIENT_CAPABILITIES, PROTOCOL_VERSION
from tests.acceptance.agent import Answer, Json
from tests.acceptance.ai_kit import Company, Talk

REVISIONS = ("2026-07-28", "2025-11-25")
"""One of each wire: without a handshake, and with one."""


@define
class McpTalk(Talk):
    """The same talk, with calls over MCP."""

    revision: str = REVISIONS[0]

    @classmethod
    def like(cls, talk: Talk, revision: str = REVISIONS[0]) -> "McpTalk":
        """In the same session."""
        return cls(**{field.name: getattr(talk, field.name) for field in attrs.fields(Talk)}, revision=revision)

    async def call(self, tool: str, arguments: Any, key: str | None = None) -> Answer:
        """Calls a tool. `$customer` stands for the conversation's customer."""
        raw = arguments if isinstance(arguments, bytes) else orjson.dumps(arguments)
        raw = raw.replace(b"$customer", self.customer_id.encode())
        meta: dict[str, Any] = {"hub/idempotencyKey": key} if key else {}
        headers = {"Content-Type": "application/json", **self.headers, "MCP-Protocol-Version": self.revision}
        if self.revision == REVISIONS[0]:
            meta |= {PROTOCOL_VERSION: self.revision, CLIENT_CAPABILITIES: {}}
            headers |= {"Mcp-Method": "tools/call", "Mcp-Name": tool}
        params = b'{"name": %b, "arguments": %b, "_meta": %b}' % (orjson.dumps(tool), raw, orjson.dumps(meta))
        body = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": %b}' % params
        url = f"{self.url or self.stage.hub.url}/mcp"
        async with self.stage.session.post(url, data=body, headers=headers) as answer:
            return _told(Answer(answer.status, answer.headers.copy(), await answer.read()))


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

    async def talk(self, text: str = "Bom dia, quero renovar o meu plano") -> Talk:
        """A new customer writes, and the AI agent opens a session."""
        return McpTalk.like(await super().talk(text))
