"""What a client sends on a WebSocket, cut into messages (RFC 6455 §5): masked frames, perhaps in fragments."""

from enum import IntEnum

from attrs import define, frozen


class Opcode(IntEnum):
    """Kinds of frames (§5.2)."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


MALFORMED, NO_TEXT, TOO_LARGE = 1002, 1007, 1009
"""Codes with which a client is sent away (§7.4.1): it broke the protocol, its text is no UTF-8, or it is too long."""

_FINAL, _RESERVED, _OPCODE, _MASKED, _SIZE = 0x80, 0x70, 0x0F, 0x80, 0x7F
_SHORT = 125
_MASK = 4


class Broken(Exception):
    """The stream cannot be read on; `code` is to be told to the client."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the client has to be sent away with {code}")
        self.code = code


@frozen
class Message:
    """A whole message, or a control frame."""

    opcode: Opcode
    payload: bytes

    @property
    def text(self) -> str:
        """Its text. Raises Broken when it is none."""
        try:
            return self.payload.decode()
        except UnicodeDecodeError:
            raise Broken(NO_TEXT) from None


@define(eq=False)
class Incoming:
    """Takes bytes as they come. `longest` is the size above which a message is refused: so much is kept at most."""

    longest: int
    _buffer: bytes = b""
    # A message of which fragments came, and its kind.
    _begun: bytes = b""
    _opcode: Opcode | None = None

    def feed(self, data: bytes) -> list[Message]:
        """The messages that are complete now. Raises Broken; nothing more can be read after it."""
        self._buffer += data
        found = []
        while (frame := self._frame()) is not None:
            message = self._message(*frame)
            if message is not None:
                found.append(message)
        return found

    def _frame(self) -> tuple[bool, Opcode, bytes] | None:
        """The next frame: whether it is its message's last one, its kind and its bytes. None while it is not whole."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        first, second = buffer[0], buffer[1]
        opcode, size, begin = _opcode(first), second & _SIZE, 2
        if first & _RESERVED or not second & _MASKED:
            raise Broken(MALFORMED)
        if opcode >= Opcode.CLOSE and (size > _SHORT or not first & _FINAL):
            raise Broken(MALFORMED)
        if size > _SHORT:
            begin += 2 if size == _SHORT + 1 else 8
            if len(buffer) < begin:
                return None
            size = int.from_bytes(buffer[2:begin], "big")
        if size + len(self._begun) > self.longest:
            raise Broken(TOO_LARGE)
        end = begin + _MASK + size
        if len(buffer) < end:
            return None
        self._buffer = buffer[end:]
        return bool(first & _FINAL), opcode, _unmasked(buffer[begin + _MASK : end], buffer[begin : begin + _MASK])

    def _message(self, final: bool, opcode: Opcode, payload: bytes) -> Message | None:
        if opcode >= Opcode.CLOSE:
            return Message(opcode, payload)
        if (opcode is Opcode.CONTINUATION) == (self._opcode is None):
            raise Broken(MALFORMED)
        kind, whole = self._opcode or opcode, self._begun + payload
        self._opcode, self._begun = (None, b"") if final else (kind, whole)
        return Message(kind, whole) if final else None


def _opcode(first: int) -> Opcode:
    try:
        return Opcode(first & _OPCODE)
    except ValueError:
        raise Broken(MALFORMED) from None


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    """Each byte combined with one of the four of the mask, in turn (§5.3); as one large number."""
    size = len(payload)
    masks = (mask * (size // _MASK + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(masks, "big")).to_bytes(size, "big")
