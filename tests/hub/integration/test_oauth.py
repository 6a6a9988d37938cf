"""Client credentials: what is asked, and which answers are a token."""

from base64 import b64decode
from decimal import Decimal
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.integration.answer import WrongAnswer
from hub.integration.oauth import Client, Token, good_for, read_token

CLIENT = Client("https://issuer.example.com/token", "hub:1", "s3cr&t é")


def answered(**members: object) -> dict[str, object]:
    return {"access_token": "abc.def", "token_type": "Bearer", **members}


def test_the_secret_goes_into_the_header() -> None:
    wire = CLIENT.request()
    assert (wire.method, wire.url) == ("POST", CLIENT.token_url)
    assert b64decode(wire.headers["Authorization"].removeprefix("Basic ")) == b"hub%3A1:s3cr%26t+%C3%A9"
    assert parse_qs(wire.body.decode()) == {"grant_type": ["client_credentials"]}


def test_or_into_the_body_with_all_that_the_issuer_wants() -> None:
    client = Client(CLIENT.token_url, "hub:1", "s3cr&t é", "post", "read write", "api", "https://pay.example.com")
    wire = client.request()
    assert "Authorization" not in wire.headers
    assert parse_qs(wire.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["hub:1"],
        "client_secret": ["s3cr&t é"],
        "scope": ["read write"],
        "audience": ["api"],
        "resource": ["https://pay.example.com"],
    }


def test_nothing_secret_is_shown() -> None:
    assert "s3cr" not in repr(CLIENT) + repr(CLIENT.request())
    assert "abc" not in repr(Token("abc.def", 1.0))


def test_a_token_is_shown_to_the_back_end() -> None:
    assert read_token(answered(expires_in=3600)).headers == {"Authorization": "Bearer abc.def"}


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (3600, 3240.0),
        ("3600", 3240.0),
        (200.0, 170.0),
        (Decimal("200.0"), 170.0),
        (60, 30.0),
        (10, 5.0),
        (10**9, 77_760.0),
    ],
)
def test_it_is_replaced_before_its_end(told: object, seconds: float) -> None:
    assert read_token(answered(expires_in=told)).seconds == seconds


def test_an_issuer_need_not_say_how_long() -> None:
    assert read_token(answered()).seconds == 270.0


@given(st.floats(0.001, 1e9))
def test_a_token_is_always_used_for_a_while_and_never_to_its_end(told: float) -> None:
    assert 0 < good_for(told) < told


@pytest.mark.parametrize("told", [0, -1, True, None, "soon", [], 0.0, "-5", float("nan")])
def test_a_life_that_is_none_is_refused(told: object) -> None:
    with pytest.raises(WrongAnswer, match="no life"):
        good_for(told)


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        {"token_type": "Bearer"},
        answered(access_token=""),
        answered(access_token=7),
        answered(access_token="a\r\nX-Evil: 1"),
        answered(access_token="a b"),
        answered(access_token="ü"),
        answered(access_token="a" * 20_000),
        answered(token_type="mac"),
    ],
)
def test_what_is_no_token_is_refused(given: object) -> None:
    with pytest.raises(WrongAnswer):
        read_token(given)
