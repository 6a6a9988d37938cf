"""MCP's door on the real gateway, and its two wires as a client writes them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from aiohttp import ClientResponse

from hub.mcp.envelope import CLIENT_CAPABILITIES, PROTOCOL_VERSION
from hub.mcp.version import HANDSHAKE, STATELESS
from tests.web.ai.ai_stage import AiStage, Line
from web import mcp
from web.routes import Route

NEW, OLD = STATELESS[0], HANDSHAKE[0]


class Wire(StrEnum):
    """How a client speaks."""

    STATELESS = "stateless"
    HANDSHAKE = "handshake"


class McpStage(AiStage):
    """The AI agent's doors with MCP's among them."""

    def routes(self) -> list[Route]:
        others = super().routes()
        return [*others, *mcp.routes(self.gateway, self.config)]

    async def send(self, body: Any, headers: Mapping[str, str]) -> ClientResponse:
        """A body as it is, or as JSON."""
        given = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **headers}
        if isinstance(body, bytes):
            return await self.client.post("/mcp", data=body, headers=given)
        return await self.client.post("/mcp", json=body, headers=given)

    async def say(
        self,
        method: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        wire: Wire = Wire.STATELESS,
        **meta: Any,
    ) -> ClientResponse:
        """A request with the id 1, of the AI agent's key unless other headers are given."""
        body, routing = written(method, params or {}, meta, wire)
        return await self.send(body, {**routing, **(self.key if headers is None else headers)})

    async def use(
        self, line: Line, tool: str, arguments: Any, wire: Wire = Wire.STATELESS, **meta: Any
    ) -> tuple[int, Any]:
        """Calls a tool in a session: the status, and the answer's JSON."""
        params = {"name": tool, "arguments": arguments}
        answer = await self.say("tools/call", params, line.headers, wire, **meta)
        return answer.status, await answer.json()


def written(
    method: str, params: Mapping[str, Any], meta: Mapping[str, Any], wire: Wire
) -> tuple[dict[str, Any], dict[str, str]]:
    """A request's body and the headers that go with it."""
    if wire is Wire.HANDSHAKE:
        given = {**params, "_meta": dict(meta)} if meta else dict(params)
        return {"jsonrpc": "2.0", "id": 1, "method": method, "params": given}, {"MCP-Protocol-Version": OLD}
    envelope = {PROTOCOL_VERSION: NEW, CLIENT_CAPABILITIES: {}, **meta}
    headers = {"MCP-Protocol-Version": NEW, "Mcp-Method": method}
    if "name" in params:
        headers["Mcp-Name"] = str(params["name"])
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": envelope}}, headers
