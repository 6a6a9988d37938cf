"""The official library: it asks without a handshake first, and shakes hands where it is told to (`mode`)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2  # type: ignore[import-not-found]
from mcp import Client  # type: ignore[import-not-found]
from mcp.client.streamable_http import streamable_http_client  # type: ignore[import-not-found]
from talk import run  # type: ignore[import-not-found]


class Second:
    """A connected client."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def version(self) -> str:
        return str(self._client.protocol_version)

    async def tools(self) -> list[Any]:
        return list((await self._client.list_tools()).tools)

    async def call(self, name: str, arguments: dict[str, Any], meta: dict[str, Any]) -> Any:
        return await self._client.call_tool(name, arguments, meta=meta or None)


@asynccontextmanager
async def connect(asked: dict[str, Any]) -> AsyncIterator[Second]:
    """Connects."""
    async with (
        httpx2.AsyncClient(headers=asked["headers"]) as http,
        Client(streamable_http_client(asked["url"], http_client=http), mode=asked["mode"]) as client,
    ):
        yield Second(client)


if __name__ == "__main__":
    run(connect)
