"""A stand-in for Meta's Graph API that costs next to nothing: it takes every message at once and notes when."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from attrs import define, field

from hub.bench.webhook import MARK

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ANSWER = b'{"messaging_product":"whatsapp","contacts":[{"input":"0","wa_id":"0"}],"messages":[{"id":"wamid.%012d"}]}'


@define(eq=False)
class Graph:
    """`taken` holds, by the mark in a message's text, the moment it arrived."""

    port: int = 0
    taken: dict[int, float] = field(factory=dict)
    requests: int = 0

    @property
    def url(self) -> str:
        """What `graph_url` is set to."""
        return f"http://127.0.0.1:{self.port}"

    def take(self, body: bytes) -> bytes:
        """The answer to one send."""
        self.requests += 1
        found = MARK.search(body)
        if found:
            self.taken[int(found[1])] = time.perf_counter()
        content = _ANSWER % self.requests
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
            len(content),
            content,
        )


class _Side(asyncio.Protocol):
    """The server's side of one connection."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one by its methods only

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            size = int(length[1]) if length else 0
            if not found or len(rest) < size or self._transport is None:
                return
            self._buffer = rest[size:]
            self._transport.write(self._graph.take(rest[:size]))


@asynccontextmanager
async def listening() -> AsyncIterator[Graph]:
    """A Graph API on a free port of this machine."""
    graph = Graph()
    server = await asyncio.get_running_loop().create_server(lambda: _Side(graph), "127.0.0.1", 0)
    graph.port = server.sockets[0].getsockname()[1]
    try:
        yield graph
    finally:
        server.close()
        await server.wait_closed()
