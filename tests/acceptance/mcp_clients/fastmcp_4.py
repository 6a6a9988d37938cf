"""The client of FastMCP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastmcp import Client  # type: ignore[import-not-found]
from fastmcp.client.transports import StreamableHttpTransport  # type: ignore[import-not-found]
from talk import run  # type: ignore[import-not-found]


class Fast:
    """A connected client."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def version(self) -> str:
        return str(self._client.session.protocol_version)

    async def tools(self) -> list[Any]:
        return list(await self._client.list_tools())

    async def call(self, name: str, arguments: dict[str, Any], meta: dict[str, Any]) -> Any:
        return await self._client.call_tool_mcp(name, arguments, meta=meta or None)


@asynccontextmanager
async def connect(asked: dict[str, Any]) -> AsyncIterator[Fast]:
    """Connects."""
    transport = StreamableHttpTransport(asked["url"], headers=asked["headers"])
    async with Client(transport, mode=asked["mode"]) as client:
        yield Fast(client)


if __name__ == "__main__":
    run(connect)
