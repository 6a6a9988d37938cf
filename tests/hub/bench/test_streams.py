"""Streams are cut into events wherever the bytes were torn, and a refused one says so."""

import asyncio

import pytest

from hub.bench.streams import Beginnings, EventStreamFrames, WebSocketFrames, open_event_stream, open_socket
from hub.frame import event_stream_chunk, websocket_text
from tests.hub.bench.test_wire import serving

PAYLOADS = [b'{"type":"a"}', b'{"type":"b","text":"%b"}' % (b"x" * 300), b'{"type":"c","text":"%b"}' % (b"y" * 70_000)]


@pytest.mark.parametrize("step", [1, 2, 7, 1000, 1 << 20])
def test_websocket_frames_survive_any_tearing(step: int) -> None:
    pings: list[None] = []
    frames = WebSocketFrames(lambda: pings.append(None))
    data = b"\x89\x00".join(websocket_text(payload) for payload in PAYLOADS)
    found = [payload for at in range(0, len(data), step) for payload in frames.feed(data[at : at + step])]
    assert found == PAYLOADS
    assert len(pings) == 2


@pytest.mark.parametrize("step", [7, 1000, 1 << 20])
def test_event_streams_survive_any_tearing(step: int) -> None:
    frames = EventStreamFrames()
    comment = b"c\r\n: hub.v1\n\n\r\n"
    data = comment + b"".join(event_stream_chunk(payload, 3 if n else None) for n, payload in enumerate(PAYLOADS))
    found = [payload for at in range(0, len(data), step) for payload in frames.feed(data[at : at + step])]
    assert found == PAYLOADS


@pytest.mark.parametrize("step", [1, 2, 7, 1000, 1 << 20])
def test_beginnings_are_counted_once_however_the_bytes_are_torn(step: int) -> None:
    pings: list[None] = []
    beginnings = Beginnings(b'{"type":"b"', lambda: pings.append(None))
    frames = [websocket_text(payload) for payload in PAYLOADS] + [event_stream_chunk(PAYLOADS[1], 3)]
    data = b"\x89\x00".join(frames)
    assert sum(beginnings.feed(data[at : at + step]) for at in range(0, len(data), step)) == 2
    assert len(pings) == 3


async def test_a_reader_tells_events_from_the_first_byte_after_the_handshake_and_answers_pings() -> None:
    told: list[bytes] = []
    ponged: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"GET /ws?after=3 HTTP/1.1" in head
        assert b"Authorization: Bearer secret" in head
        writer.write(
            b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n" + websocket_text(PAYLOADS[0]) + b"\x89\x00"
        )
        ponged.set_result(await reader.readexactly(6))

    async with serving(serve) as port:
        reader = await open_socket(port, "secret", lambda payload, _: told.append(payload), "?after=3")
        assert (await ponged)[:2] == b"\x8a\x80"
        assert told == PAYLOADS[:1]
        assert reader.received == len(websocket_text(PAYLOADS[0])) + 2
        reader.close()
        await asyncio.sleep(0)
        assert not reader.open


@pytest.mark.parametrize("answer", [b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 2"])
async def test_a_stream_that_is_refused_or_torn_is_no_stream(answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)

    async with serving(serve) as port:
        with pytest.raises(ConnectionError, match=r"401|handshake"):
            await open_event_stream(port, "secret", lambda payload, now: None)
