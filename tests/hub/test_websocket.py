import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.websocket import MALFORMED, NO_TEXT, TOO_LARGE, Broken, Incoming, Message, Opcode

LONGEST = 70_000


def frame(payload: bytes, opcode: int = Opcode.TEXT, *, final: bool = True, masked: bool = True) -> bytes:
    """A client's frame."""
    size = len(payload)
    if size < 126:
        length = bytes([size])
    elif size < 1 << 16:
        length = bytes([126]) + size.to_bytes(2, "big")
    else:
        length = bytes([127]) + size.to_bytes(8, "big")
    mask = b"\x37\xfa\x21\x3d"
    head = bytes([opcode | (0x80 if final else 0), length[0] | (0x80 if masked else 0)]) + length[1:] + mask
    return head + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


SIZES = st.sampled_from([0, 1, 4, 125, 126, 1000, 66_000])


@settings(max_examples=60, deadline=None)
@given(
    messages=st.lists(st.tuples(st.sampled_from([Opcode.TEXT, Opcode.BINARY]), SIZES, st.integers(1, 3)), max_size=4),
    step=st.sampled_from([1, 3, 1000, 1 << 20]),
)
def test_messages_survive_any_tearing_and_fragments(messages: list[tuple[Opcode, int, int]], step: int) -> None:
    data, expected = b"", []
    for opcode, size, parts in messages:
        payload = os.urandom(size)
        cut = [payload[size * part // parts : size * (part + 1) // parts] for part in range(parts)]
        for number, piece in enumerate(cut):
            data += frame(piece, Opcode.CONTINUATION if number else opcode, final=number == parts - 1)
            data += frame(b"still there?", Opcode.PING)
            expected.append(Message(Opcode.PING, b"still there?"))
        expected.insert(-1, Message(opcode, payload))
    incoming = Incoming(LONGEST)
    assert [m for at in range(0, len(data), step) for m in incoming.feed(data[at : at + step])] == expected


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(b"hello", masked=False), MALFORMED),
        (frame(b"hello", 0x41), MALFORMED),
        (frame(b"hello", 3), MALFORMED),
        (frame(b"x" * 126, Opcode.PING), MALFORMED),
        (frame(b"", Opcode.CLOSE, final=False), MALFORMED),
        (frame(b"hello", Opcode.CONTINUATION), MALFORMED),
        (frame(b"a", final=False) + frame(b"b"), MALFORMED),
        (frame(b"x" * (LONGEST + 1))[:14], TOO_LARGE),
        (frame(b"x" * 40_000, final=False) + frame(b"x" * 40_000, Opcode.CONTINUATION), TOO_LARGE),
    ],
)
def test_what_breaks_the_protocol_is_refused_before_it_is_kept(data: bytes, code: int) -> None:
    with pytest.raises(Broken) as refused:
        Incoming(LONGEST).feed(data)
    assert refused.value.code == code


def test_text_is_utf_8() -> None:
    assert Message(Opcode.TEXT, "Grüße".encode()).text == "Grüße"
    with pytest.raises(Broken) as refused:
        _ = Message(Opcode.TEXT, b"\xff").text
    assert refused.value.code == NO_TEXT
