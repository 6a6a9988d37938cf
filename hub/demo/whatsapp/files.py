"""Small real files made in code: a picture, a voice note, a sticker, a paper and a film, for customers to send."""

import base64
import random
import struct
import zlib

STICKER = base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
"""A WebP of one transparent pixel."""

_SILENCE = b"\xf8\xff\xfe"
"""An Opus packet of 20 ms of silence (RFC 6716: CELT, full band, mono)."""


def picture(seed: int = 0, width: int = 320, height: int = 240) -> bytes:
    """A PNG: a coloured slope with a lighter sheet of paper on it (PNG specification, RGB, 8 bits)."""
    chance = random.Random(seed)
    top, bottom = ([chance.randint(40, 215) for _ in range(3)] for _ in range(2))
    rows = bytearray()
    for y in range(height):
        share = y / height
        ground = bytes(int(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
        rows += b"\0" + _row(ground, y, width, height)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _row(ground: bytes, y: int, width: int, height: int) -> bytes:
    left, right = width // 4, width - width // 4
    if not height // 8 < y < height - height // 8:
        return ground * width
    is_line = y % 20 < 3
    ink = b"\x60\x60\x70" if is_line else b"\xf4\xf4\xf0"
    edge = b"\xf4\xf4\xf0"
    return ground * left + edge * 12 + ink * (right - left - 24) + edge * 12 + ground * (width - right)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def voice_note(seconds: float = 2.0) -> bytes:
    """An Ogg file with mono Opus silence (RFC 7845), as a phone's voice recorder makes it."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    vendor = b"phone"
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    pages = [_ogg_page([head], 0, 0, 0x02), _ogg_page([tags], 1, 0, 0)]
    packets = max(1, int(seconds * 50))
    for start in range(0, packets, 200):
        count = min(200, packets - start)
        is_last = start + count >= packets
        pages.append(_ogg_page([_SILENCE] * count, len(pages), (start + count) * 960, 0x04 if is_last else 0))
    return b"".join(pages)


def _ogg_page(packets: list[bytes], sequence: int, position: int, flags: int) -> bytes:
    lacing = bytes(len(packet) for packet in packets)
    head = b"OggS" + struct.pack("<BBqIIIB", 0, flags, position, 0x48554221, sequence, 0, len(lacing)) + lacing
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", _ogg_checksum(page)) + page[26:]


def _ogg_checksum(page: bytes) -> int:
    """CRC-32 with polynomial 0x04c11db7, neither reflected nor inverted (RFC 3533)."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


def paper(line: str = "Receipt") -> bytes:
    """A PDF of one page with one line."""
    stream = f"BT /F1 24 Tf 72 720 Td ({line}) Tj ET".encode("ascii", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(body)


def film() -> bytes:
    """An MP4 without a track: brand, movie header and nothing to play (ISO/IEC 14496-12)."""
    identity = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    times = struct.pack(">IIIII", 0, 0, 0, 1000, 0)
    header = times + struct.pack(">IHH8x", 0x10000, 0x0100, 0) + identity + bytes(24) + struct.pack(">I", 1)
    return _box(b"ftyp", b"mp42" + struct.pack(">I", 0) + b"mp42isom") + _box(b"moov", _box(b"mvhd", header))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + kind + content
