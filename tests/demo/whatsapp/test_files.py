"""Files made in code are what they say they are."""

import struct
import zlib

import puremagic

from hub.demo.whatsapp import files


def test_types_are_recognised() -> None:
    for content, extension in (
        (files.picture(), ".png"),
        (files.voice_note(), ".ogg"),
        (files.paper(), ".pdf"),
        (files.STICKER, ".webp"),
        (files.film(), ".mp4"),
    ):
        assert extension in {match.extension for match in puremagic.magic_string(content)}


def test_picture_is_a_sound_png() -> None:
    raw = files.picture(3, 64, 48)
    place, kinds, pixels = 8, [], b""
    while place < len(raw):
        (length,), kind = struct.unpack(">I", raw[place : place + 4]), raw[place + 4 : place + 8]
        content = raw[place + 8 : place + 8 + length]
        assert struct.unpack(">I", raw[place + 8 + length : place + 12 + length]) == (zlib.crc32(kind + content),)
        kinds.append(kind)
        pixels += content if kind == b"IDAT" else b""
        place += 12 + length
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]
    assert len(zlib.decompress(pixels)) == 48 * (1 + 64 * 3)
    assert files.picture(1) != files.picture(2)


def test_voice_note_lasts_as_long_as_asked() -> None:
    raw = files.voice_note(6.0)
    last = raw.rindex(b"OggS")
    assert raw[last + 5] & 0x04
    assert struct.unpack("<q", raw[last + 6 : last + 14]) == (6 * 48_000,)


def test_ogg_checksum_of_a_known_text() -> None:
    # The check value of CRC-32/POSIX without its final inversion.
    assert files._ogg_checksum(b"123456789") == 0x89A1897F


def test_paper_points_at_its_objects() -> None:
    raw = files.paper("Receipt 312.90")
    start = int(raw.split(b"startxref\n")[1].split(b"\n")[0])
    table = raw[start:].split(b"\n")
    assert table[0] == b"xref"
    for number, line in enumerate(table[3:8], 1):
        assert raw[int(line[:10]) :].startswith(b"%d 0 obj" % number)
