"""Only what Meta signed, and only who knows the verify token."""

import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.whatsapp.signature import handshake, verify

SECRET = "a-secret-of-the-app"
BODY = rb'{"text":"\u00e4\/"}'


def signed(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_the_bytes_as_sent_are_what_is_signed() -> None:
    assert verify(BODY, [signed(BODY)], [SECRET])
    assert not verify('{"text":"ä/"}'.encode(), [signed(BODY)], [SECRET])


@pytest.mark.parametrize("secrets", [[SECRET, "old"], ["new", SECRET], ["", SECRET]])
def test_every_secret_is_tried(secrets: list[str]) -> None:
    assert verify(BODY, [signed(BODY)], secrets)


@pytest.mark.parametrize(
    "values",
    [
        [],
        [""],
        [signed(BODY), signed(BODY)],
        [signed(BODY)[:-1]],
        [signed(BODY) + "0"],
        [signed(BODY) + "\n"],
        [signed(BODY).replace("sha256=", "sha1=")],
        [signed(BODY).removeprefix("sha256=")],
        ["sha256=" + "é" * 64],
        ["sha256=" + "٣" * 64],
        [signed(BODY, "other")],
    ],
)
def test_anything_but_one_good_value_is_refused(values: list[str]) -> None:
    assert not verify(BODY, values, [SECRET])


def test_without_a_secret_nothing_is_good() -> None:
    assert not verify(BODY, [signed(BODY)], [])
    assert not verify(BODY, [signed(BODY, "")], [""])


@given(body=st.binary(max_size=200), secret=st.text(st.characters(codec="utf-8"), min_size=1), flip=st.integers(0, 199))
@settings(max_examples=100)
def test_one_changed_byte_breaks_it(body: bytes, secret: str, flip: int) -> None:
    header = signed(body, secret)
    assert verify(body, [header], [secret])
    if body:
        at = flip % len(body)
        assert not verify(body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :], [header], [secret])


@given(st.text(max_size=80))
@settings(max_examples=100)
def test_no_header_raises(value: str) -> None:
    assert not verify(BODY, [value], [SECRET])


def query(**changed: str) -> dict[str, str]:
    return {f"hub.{key}": value for key, value in {**GOOD, **changed}.items()}


GOOD = {"mode": "subscribe", "verify_token": "tökèn", "challenge": "1158201444"}


def test_the_handshake_echoes_the_challenge() -> None:
    assert handshake(query(), "tökèn") == "1158201444"


@pytest.mark.parametrize(
    "changed",
    [
        {"mode": "unsubscribe"},
        {"verify_token": "token"},
        {"verify_token": ""},
        {"verify_token": "\ud800"},
        {"challenge": ""},
        {"challenge": "<script>"},
        {"challenge": "1\n"},
        {"challenge": "1" * 257},
    ],
)
def test_the_handshake_refuses(changed: dict[str, str]) -> None:
    assert handshake(query(**changed), "tökèn") is None


def test_the_handshake_refuses_what_is_missing() -> None:
    assert handshake({}, "tökèn") is None
    assert handshake(query(verify_token=""), "") is None
