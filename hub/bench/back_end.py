"""A stand-in for the company's back ends that costs next to nothing: no tickets, and drafts that are committed."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, cast

import orjson
from attrs import define, field

_HEAD = re.compile(rb"(GET|POST|DELETE) (\S+) HTTP/1\.1\r\n")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_DRAFTS = "/transactions/drafts"

CONFIG = """
[ai]
calls_per_hour = 10000
customer_calls_per_hour = 100000
calls_per_minute = 100000
approval_window = "0"
[integrations.ticketing]
base_url = "{url}"
api_key = "bench-ticketing-key"
[integrations.transaction_create]
base_url = "{url}"
token_url = "{url}/oauth/token"
client_id = "bench"
client_secret = "bench-client-secret"
hmac_secret = "bench-signing-secret-of-enough-length"
"""


@define(eq=False)
class BackEnd:
    """`drafts` are those that were made; `commits` counts transactions."""

    port: int = 0
    drafts: dict[str, dict[str, Any]] = field(factory=dict)
    commits: int = 0
    _numbers: Iterator[int] = field(factory=lambda: itertools.count(1))

    @property
    def config(self) -> str:
        """What a hub's configuration says of it."""
        return CONFIG.format(url=f"http://127.0.0.1:{self.port}")

    def answer(self, method: bytes, path: str, body: bytes) -> dict[str, Any]:
        """The JSON of one answer."""
        address, _, _ = path.partition("?")
        if address == "/oauth/token":
            return {"access_token": "bench-token", "token_type": "Bearer", "expires_in": 3600}
        if address == "/tickets":
            return {"tickets": []}
        if method == b"POST" and address == _DRAFTS:
            made = {**orjson.loads(body), "id": f"d-{next(self._numbers)}", "state": "open"}
            return self.drafts.setdefault(made["id"], made)
        draft = self.drafts[address.removeprefix(f"{_DRAFTS}/").partition("/")[0]]
        if method == b"POST":
            self.commits += 1
            draft |= {"state": "committed", "transaction_id": f"t-{draft['id']}"}
        return draft


class _Side(asyncio.Protocol):
    """The server's side of one connection."""

    def __init__(self, back_end: BackEnd) -> None:
        self._back_end = back_end
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one by its methods only

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            length, asked = _LENGTH.search(head + b"\r\n"), _HEAD.match(head + b"\r\n")
            size = int(length[1]) if length else 0
            if not found or len(rest) < size or self._transport is None or asked is None:
                return
            self._buffer = rest[size:]
            content = orjson.dumps(self._back_end.answer(asked[1], asked[2].decode(), rest[:size]))
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(content)
            self._transport.write(head + content)


@asynccontextmanager
async def listening() -> AsyncIterator[BackEnd]:
    """The back ends on a free port of this machine."""
    back_end = BackEnd()
    server = await asyncio.get_running_loop().create_server(lambda: _Side(back_end), "127.0.0.1", 0)
    back_end.port = server.sockets[0].getsockname()[1]
    try:
        yield back_end
    finally:
        server.close()
        await server.wait_closed()
