"""Deliveries are counted, and what does not arrive is said."""

import asyncio
import time

import pytest

from hub.bench import crowd
from hub.bench.crowd import Agent, Crowd, Lost
from hub.frame import websocket_text
from tests.hub.bench.test_wire import serving

EVENT = b'{"type":"message.received","data":{"text":"bench-000000000007 Hello"}}'
OTHER = b'{"type":"agent.presence","data":{"text":"bench-000000000007 Hello"}}'


async def test_an_agent_knows_when_a_message_came_before_and_after_it_was_asked_for() -> None:
    agent = Agent("message.received")
    waiting = asyncio.create_task(agent.arrival(7))
    await asyncio.sleep(0)
    agent.told(OTHER, 1.0)
    assert not agent.seen
    agent.told(EVENT, 2.0)
    assert (await waiting, await agent.arrival(7)) == (2.0, 2.0)
    assert agent.payload == EVENT


async def test_what_does_not_arrive_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "PATIENCE", 0.02)
    with pytest.raises(Lost, match=r"message\.received"):
        await Agent("message.received").arrival(1)
    many = Crowd()
    many.expect(3)
    many.counted(1, 1.0)
    with pytest.raises(Lost, match="2 deliveries"):
        await many.complete()


async def test_a_crowd_is_complete_with_its_last_delivery() -> None:
    many = Crowd()
    many.expect(2)
    for moment, count in enumerate((1, 0, 1, 0), 1):
        many.counted(count, float(moment))
    assert await many.complete() == 3.0
    assert (many.delivered, many.heard) == (2, 4.0)


async def test_a_crowd_gathers_and_leaves() -> None:
    left: list[None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 X\r\n\r\n" + websocket_text(EVENT))
        await reader.read()
        left.append(None)

    async with serving(serve) as port:
        many = Crowd()
        many.expect(5)
        await many.gather(port, ["a", "b", "c", "d", "e"])
        await many.complete()
        began = time.perf_counter()
        await many.quiet(0.05)
        assert time.perf_counter() - began < 1
        assert many.received == 5 * len(websocket_text(EVENT))
        many.leave()
        while len(left) < 5:
            await asyncio.sleep(0.01)


async def test_a_crowd_that_does_not_come_together_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 401 Unauthorized\r\n\r\n")

    monkeypatch.setattr(crowd, "GATHERING", 0.05)
    async with serving(wait) as port:
        with pytest.raises(Lost, match="0 of 2 streams"):
            await Crowd().gather(port, ["a", "b"])
    async with serving(refuse) as port:
        with pytest.raises(ConnectionError, match="401"):
            await Crowd().gather(port, ["a", "b"])


async def test_who_is_refused_for_now_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([b"503 Unavailable", b"503 Unavailable", b"101 X"])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %b\r\nRetry-After: 1\r\n\r\n" % next(answers))
        await reader.read()

    monkeypatch.setattr(crowd, "COME_AGAIN", 0.01)
    async with serving(serve) as port:
        many = Crowd()
        await many.gather(port, ["a"])
        assert (len(many.readers), many.refused) == (1, 2)
        many.leave()
