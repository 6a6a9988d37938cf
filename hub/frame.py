"""An event as bytes, made once for all who read it.

The JSON is the same on both transports. A WebSocket gets it as one unmasked text frame (RFC 6455 §5.2); an event
stream as an `id:` and a `data:` line (WHATWG HTML §9.2) inside one HTTP/1.1 chunk (RFC 9112 §7.1).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from attrs import define

from hub.clock import rfc3339
from hub.events import Audience, Ephemeral, Event
from hub.websocket import Opcode

_FINAL = 0x80
_FINAL_TEXT = 0x81
_SHORT = 126
_LONG = 1 << 16


def websocket_text(payload: bytes) -> bytes:
    """The payload as a server's text frame."""
    size = len(payload)
    if size < _SHORT:
        return bytes((_FINAL_TEXT, size)) + payload
    if size < _LONG:
        return bytes((_FINAL_TEXT, 126)) + size.to_bytes(2, "big") + payload
    return bytes((_FINAL_TEXT, 127)) + size.to_bytes(8, "big") + payload


def websocket_close(code: int, reason: str) -> bytes:
    """A server's close frame (§5.5.1). The reason must be short: a control frame holds 125 bytes."""
    return websocket_control(Opcode.CLOSE, code.to_bytes(2, "big") + reason.encode())


def websocket_control(opcode: Opcode, payload: bytes = b"") -> bytes:
    """A server's control frame (§5.5): at most 125 bytes."""
    return bytes((_FINAL | opcode, len(payload))) + payload


def event_stream_chunk(payload: bytes, seq: int | None) -> bytes:
    """The payload, which holds no line break, as one event of a stream in one chunk."""
    event = b"data: %b\n\n" % payload if seq is None else b"id: %d\ndata: %b\n\n" % (seq, payload)
    return b"%x\r\n%b\r\n" % (len(event), event)


@define(eq=False)
class Frame:
    """What is sent of one event: its JSON, and from it the bytes of each transport, made when first asked for.

    `seq` is None on passing signs.
    """

    type: str
    seq: int | None
    at: datetime | None
    audience: Audience
    conversation_id: UUID | None
    payload: bytes
    _websocket: bytes | None = None
    _stream: bytes | None = None

    @property
    def conversation(self) -> bool:
        """Whether the audience is that of a conversation."""
        return self.conversation_id is not None

    @property
    def websocket(self) -> bytes:
        """The frame of a WebSocket."""
        if self._websocket is None:
            self._websocket = websocket_text(self.payload)
        return self._websocket

    @property
    def stream(self) -> bytes:
        """The chunk of an event stream."""
        if self._stream is None:
            self._stream = event_stream_chunk(self.payload, self.seq)
        return self._stream


def in_one_piece(frames: Sequence[Frame]) -> Frame:
    """Frames that many are told together, as bytes that are put together once."""
    return Frame(
        "",
        None,
        None,
        Audience(),
        None,
        b"",
        b"".join([f.websocket for f in frames]),
        b"".join([f.stream for f in frames]),
    )


def event_frame(event: Event) -> Frame:
    """A durable event."""
    told: dict[str, Any] = {"type": event.type, "seq": event.seq, "id": event.id, "at": rfc3339(event.at)}
    if event.conversation_id is not None:
        told["conversation_id"] = event.conversation_id
    if event.conversation_seq is not None:
        told["conversation_seq"] = event.conversation_seq
    if event.version is not None:
        told["version"] = event.version
    told["actor"] = event.actor
    told["data"] = event.data
    payload = orjson.dumps(told)
    return Frame(event.type, event.seq, event.at, event.audience, event.conversation_id, payload)


def ephemeral_frame(sign: Ephemeral) -> Frame:
    """A passing sign: without a number, so that no client takes it for a place to resume from."""
    told: dict[str, Any] = {"type": sign.type.value, "at": rfc3339(sign.at)}
    if sign.conversation_id is not None:
        told["conversation_id"] = sign.conversation_id
    told["actor"] = sign.actor
    told["data"] = sign.data
    payload = orjson.dumps(told)
    return Frame(sign.type.value, None, sign.at, sign.audience, sign.conversation_id, payload)


def control_frame(type: str, place: int | None = None, /, **members: Any) -> Frame:
    """A word of the connection itself: hello, resumed, reset, bye, error, pong.

    `place` is the number from which the client of an event stream is to resume after this frame.
    """
    return Frame(type, place, None, Audience(), None, orjson.dumps({"type": type, **members}))
