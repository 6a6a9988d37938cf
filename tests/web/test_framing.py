"""Heads: what is told from their bytes, and what is left to the parser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.framing import Head

LINE = b"POST /webhooks/whatsapp/main HTTP/1.1"


def request(*fields: bytes, body: bytes = b"") -> bytes:
    return b"".join([LINE, b"\r\n", *(field + b"\r\n" for field in fields), b"\r\n", body])


def test_a_request_with_a_body() -> None:
    data = request(b"Host: x", b"CONTENT-Length:  4 ", b"X-Request-Id: Ab.1", body=b"body")
    head = Head.of(data)
    assert head is not None
    assert (head.size, head.plain, head.request_id) == (len(data), True, "Ab.1")


def test_without_a_length_it_ends_with_its_head() -> None:
    data = request(b"Host: x")
    head = Head.of(data + b"GET / HTTP/1.1\r\n")
    assert head is not None
    assert head.size == len(data)


def test_without_any_field() -> None:
    head = Head.of(request())
    assert head is not None
    assert head.size == len(request())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        LINE,
        request()[:-1],
        request(b"Content-Length: 4", b"Content-Length: 4"),
        request(b"Content-Length: 4", b"content-length: 5"),
        request(b"Content-Length:"),
        request(b"Content-Length: -4"),
        request(b"Content-Length: +4"),
        request(b"Content-Length: 4, 4"),
        request(b"Content-Length: 0x4"),
        request(b"Content-Length: " + b"9" * 13),
        request(b"Transfer-Encoding: chunked"),
        request(b"Content-Length: 4", b"transfer-ENCODING: identity"),
        request(b"Transfer-Encoding : chunked"),
    ],
)
def test_a_length_that_is_not_plainly_said(data: bytes) -> None:
    assert Head.of(data) is None


@pytest.mark.parametrize(
    ("field", "plain"),
    [
        (b"Connection: keep-alive", True),
        (b"connection: Keep-Alive", True),
        (b"Connection:", True),
        (b"Connection: close", False),
        (b"Connection: upgrade", False),
        (b"Expect: 100-continue", False),
        (b"Upgrade: websocket", False),
        (b"X-Connection: close", True),
    ],
)
def test_whether_the_connection_just_goes_on(field: bytes, plain: bool) -> None:
    head = Head.of(request(b"Host: x", field))
    assert head is not None
    assert head.plain is plain


@pytest.mark.parametrize("id", [b"", b"a b", b"\xff", b"x" * 129, b"<script>"])
def test_an_id_that_is_none(id: bytes) -> None:
    head = Head.of(request(b"X-Request-Id: " + id))
    assert head is not None
    assert head.request_id is None


@given(st.binary(max_size=60), st.integers(0, 99), st.binary(max_size=40))
def test_it_ends_where_it_says(body: bytes, cut: int, more: bytes) -> None:
    data = request(b"Host: x", b"Content-Length: %d" % len(body), body=body)
    head = Head.of(data + more)
    assert head is not None
    assert head.size == len(data)
    short = Head.of(data[: len(data) - min(cut, len(body))])
    assert short == head


@given(st.lists(st.binary(max_size=30)))
def test_whatever_comes_it_is_told_or_not(parts: list[bytes]) -> None:
    Head.of(b"\r\n".join(parts))
