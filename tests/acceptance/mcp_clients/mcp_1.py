"""The official library before its second version: it agrees on a revision by a handshake."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp import ClientSession  # type: ignore[import-not-found]
from mcp.client.streamable_http import streamablehttp_client  # type: ignore[import-not-found]
from talk import run  # type: ignore[import-not-found]


class First:
    """A session after its handshake."""

    def __init__(self, session: Any, version: str) -> None:
        self._session, self._version = session, version

    def version(self) -> str:
        return self._version

    async def tools(self) -> list[Any]:
        return list((await self._session.list_tools()).tools)

    async def call(self, name: str, arguments: dict[str, Any], meta: dict[str, Any]) -> Any:
        return await self._session.call_tool(name, arguments, meta=meta or None)


@asynccontextmanager
async def connect(asked: dict[str, Any]) -> AsyncIterator[First]:
    """Connects and shakes hands."""
    async with (
        streamablehttp_client(asked["url"], headers=asked["headers"]) as (incoming, outgoing, _),
        ClientSession(incoming, outgoing) as session,
    ):
        agreed = await session.initialize()
        await session.send_ping()
        yield First(session, agreed.protocolVersion)


if __name__ == "__main__":
    run(connect)
