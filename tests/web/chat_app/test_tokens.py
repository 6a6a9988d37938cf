"""Customers' tokens: whoever holds the channel's secret may make one, and nobody else."""

from typing import Any

import jwt
import pytest

from hub.chat_app.inbox import AppCustomer
from hub.errors import Unauthenticated
from web.chat_app.tokens import CustomerTokens, customer_id, said_channel

SECRET, OLD = "a secret of the present" * 4, "the secret before it" * 4
NOW = 1_800_000_000


def tokens(**given: Any) -> CustomerTokens:
    return CustomerTokens("app", (SECRET, OLD), clock=lambda: NOW, **given)


def made(secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    """A token as some back end may make it."""
    given = {"sub": "c-1", "exp": NOW + 60, **claims}
    return jwt.encode({name: value for name, value in given.items() if value is not None}, secret, algorithm)


def test_what_is_issued_is_good_until_its_end() -> None:
    token = tokens(life=60).issue("c-1", "Bo")
    claims = tokens().verify(token)
    assert (claims.customer, claims.name, claims.expires_at) == (AppCustomer("app", "c-1"), "Bo", NOW + 60)
    with pytest.raises(Unauthenticated):
        CustomerTokens("app", (SECRET,), clock=lambda: NOW + 66).verify(token)


@pytest.mark.parametrize(
    "claims", [{}, {"aud": "hub:chat"}, {"aud": ["x", "hub:chat"]}, {"channel": "app"}, {"iss": "us"}]
)
def test_what_the_apps_back_end_may_leave_open(claims: dict[str, Any]) -> None:
    assert tokens().verify(made(**claims)).customer.customer_id == "c-1"
    assert tokens().verify(made(OLD, **claims)).customer.customer_id == "c-1"


@pytest.mark.parametrize(
    "token",
    [
        made("another secret" * 6),
        made(algorithm="HS512"),
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjLTEiLCJleHAiOjE4MDAwMDAwNjB9.",  # unsigned
        made(exp=None),
        made(sub=None),
        made(exp=NOW - 6),
        made(nbf=NOW + 6),
        made(exp=True),
        made(aud="hub:api"),
        made(channel="shop"),
        made(sub=""),
        made(sub=" c-1"),
        made(sub="c\n1"),
        made(sub="x" * 129),
        "nonsense",
        "",
    ],
)
def test_what_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens().verify(token)


@pytest.mark.parametrize("name", [7, "a\x00b", ""])
def test_a_name_that_is_none_is_left_out(name: Any) -> None:
    assert tokens().verify(made(name=name)).name is None


def test_the_channel_is_read_before_anything_is_proved() -> None:
    assert said_channel(made(channel="shop")) == "shop"
    assert said_channel(made()) is None
    assert said_channel(made(channel=7)) is None
    for wrong in ("", "a.b.c", "x" * 5000):
        with pytest.raises(Unauthenticated):
            said_channel(wrong)


def test_an_id_is_a_short_printable_text() -> None:
    assert customer_id("Zoë 7") == "Zoë 7"
    for wrong in (None, 7, "", " a", "a\t"):
        with pytest.raises(ValueError, match="customer_id"):
            customer_id(wrong)


def test_secrets_are_not_shown() -> None:
    assert SECRET not in repr(tokens())
