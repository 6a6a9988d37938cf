"""AC-15: a reader that stands still costs the hub little, is cut with a code, and misses nothing when it comes back."""

import asyncio
import base64
import socket

import orjson
import psutil
import pytest

from tests.acceptance.agent import Agent, Json
from tests.acceptance.stage import BEN, Stage, eventually

MESSAGES = 1500
MOST_MEMORY = 64 * 1024 * 1024
"""Bytes that the hub may grow by: far below what so many unread events would take for each of the readers."""
READERS = 8
SLOW = 4408

REQUEST = "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n{more}\r\n"
UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"


class Deaf:
    """A client that asks for a stream and does not read it."""

    def __init__(self, agent: Agent, kind: str) -> None:
        host, _, port = agent.url.removeprefix("http://").partition(":")
        self.kind = kind
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect((host, int(port)))
        key = base64.b64encode(b"0123456789abcdef").decode()
        more = UPGRADE.format(key=key) if kind == "ws" else ""
        request = REQUEST.format(path=f"/{kind}", host=host, token=agent.token, more=more)
        self.socket.sendall(request.encode())

    def read_on(self) -> bytes:
        """Everything up to the end, whichever way the hub ends it."""
        self.socket.settimeout(20.0)
        parts = []
        try:
            while part := self.socket.recv(65536):
                parts.append(part)
        except ConnectionResetError:
            pass
        self.socket.close()
        return b"".join(parts)


def _frames(raw: bytes, kind: str) -> tuple[list[Json], int | None]:
    """The frames that were read whole, and the code at the end."""
    if kind == "sse":
        lines = [line[6:] for line in raw.split(b"\n") if line.startswith(b"data: ") and line.endswith(b"}")]
        told = [orjson.loads(line) for line in lines]
        return told, next((frame["code"] for frame in told if frame["type"] == "bye"), None)
    found: list[Json] = []
    rest = raw.partition(b"\r\n\r\n")[2]
    while len(rest) > 4:
        size, begin = rest[1], 2
        if size == 126:
            size, begin = int.from_bytes(rest[2:4], "big"), 4
        payload = rest[begin : begin + size]
        if rest[0] == 0x88:
            return found, int.from_bytes(payload[:2], "big")
        if len(payload) < size:
            break
        found.append(orjson.loads(payload))
        rest = rest[begin + size :]
    return found, None


async def _flood(stage: Stage) -> None:
    customer = stage.customer()
    for start in range(0, MESSAGES, 50):
        drafts = [
            (customer, customer.draft("text", {"body": f"{n} " + "muito texto " * 150}))
            for n in range(start, start + 50)
        ]
        assert (await stage.deliver(stage.written(*drafts))).status == 200


@pytest.mark.parametrize("kind", ["ws", "sse"])
async def test_a_deaf_reader_is_cut_and_comes_back_complete(stage: Stage, kind: str) -> None:
    ana, ben = await stage.login(), await stage.login(BEN)
    live = await ana.socket()
    await stage.conversation(ana)
    slow = f'hub_realtime_slow_consumers_total{{transport="{kind}"}}'
    cut_before = await stage.metric(slow)
    memory = psutil.Process(stage.hub.pid)
    readers = [Deaf(ben, kind) for _ in range(READERS)]
    before = memory.memory_info().rss
    await _flood(stage)

    async def all_cut() -> bool:
        return await stage.metric(slow) >= cut_before + READERS

    await eventually(all_cut)
    assert memory.memory_info().rss - before < MOST_MEMORY
    await live.seq(await stage.value("select seq from journal_head"))
    first, *others = readers
    told, code = _frames(await asyncio.to_thread(first.read_on), kind)
    assert code in (SLOW, None)
    durable = [frame for frame in told if "id" in frame]
    place = durable[-1]["seq"] if durable else told[0]["seq"]
    resumed = await (ben.socket(place) if kind == "ws" else ben.events(place))
    await resumed.seq(await stage.value("select seq from journal_head"))
    everything = [frame for frame in live.durable if frame["seq"] > told[0]["seq"]]
    assert durable + resumed.durable == everything
    for other in others:
        other.socket.close()


@pytest.mark.parametrize("kind", ["ws", "sse"])
async def test_a_reader_that_was_too_slow_is_told_so(stage: Stage, kind: str) -> None:
    ana = await stage.login()
    await stage.conversation(ana)
    reader = Deaf(ana, kind)
    slow = f'hub_realtime_slow_consumers_total{{transport="{kind}"}}'
    before = await stage.metric(slow)
    flood = asyncio.create_task(_flood(stage))

    async def cut() -> bool:
        return await stage.metric(slow) > before

    await eventually(cut)
    told, code = _frames(await asyncio.to_thread(reader.read_on), kind)
    await flood
    assert told[0]["type"] == "hello"
    assert code == SLOW
