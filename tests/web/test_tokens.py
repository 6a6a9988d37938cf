"""Tokens: whose they are, for how long, and nobody else's. How doors refuse bad ones is in test_auth."""

import hmac
import json
from base64 import urlsafe_b64encode
from uuid import uuid4

import pytest

from hub.errors import Unauthenticated
from web.keys import ring
from web.tokens import LEEWAY, AccessTokens, RefreshTokens, digest

OLD, NEW = "an older secret, of 32 bytes or so", "a newer secret, of 32 bytes or so"


def test_an_access_token_says_whose_it_is_until_it_expires() -> None:
    now = [1_000_000.0]
    tokens = AccessTokens(ring([OLD], "access token"), life=60, clock=lambda: now[0])
    user_id, session_id = uuid4(), uuid4()
    token = tokens.issue(user_id, session_id, 3)
    claims = tokens.verify(token)
    assert (claims.user_id, claims.session_id, claims.token_version) == (user_id, session_id, 3)
    assert claims.expires_at == 1_000_060
    for moment, good in ((60 + LEEWAY - 1, True), (60 + LEEWAY, False), (-LEEWAY, True), (-LEEWAY - 1, False)):
        now[0] = 1_000_000.0 + moment
        if good:
            assert tokens.verify(token) == claims
        else:
            with pytest.raises(Unauthenticated):
                tokens.verify(token)


def test_rotation_of_the_secret() -> None:
    old = AccessTokens(ring([OLD], "access token"))
    both = AccessTokens(ring([NEW, OLD], "access token"))
    token = old.issue(uuid4(), uuid4(), 0)
    assert both.verify(token) == old.verify(token)
    with pytest.raises(Unauthenticated):
        old.verify(both.issue(uuid4(), uuid4(), 0))


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize(
    ("header", "good"),
    [
        ({}, True),
        ({"typ": "JWT"}, True),
        ({"alg": "HS512"}, False),
        ({"alg": "none"}, False),
        ({"crit": ["exp"]}, False),
        ({"kid": "another"}, False),
        ({"kid": ["a", "list"]}, False),
        ({"kid": None}, False),
    ],
)
def test_a_good_signature_under_another_header_is_none(header: dict[str, object], good: bool) -> None:
    keys = ring([OLD], "access token")
    tokens = AccessTokens(keys)
    payload = tokens.issue(uuid4(), uuid4(), 0).split(".")[1]
    head = _encoded(json.dumps({"alg": "HS256", "kid": keys.signing_id, **header}).encode())
    token = f"{head}.{payload}.{_encoded(hmac.digest(keys.signing, f'{head}.{payload}'.encode(), 'sha256'))}"
    if good:
        assert tokens.verify(token).token_version == 0
    else:
        with pytest.raises(Unauthenticated):
            tokens.verify(token)


def test_an_access_token_changed_in_any_part_is_none() -> None:
    tokens = AccessTokens(ring([OLD], "access token"))
    token = tokens.issue(uuid4(), uuid4(), 0)
    other = tokens.issue(uuid4(), uuid4(), 0).split(".")[1]
    header, payload, mac = token.split(".")
    lists = _encoded(b"[]")
    for changed in (
        f"{header}.{other}.{mac}",
        f"{header}.{payload}",
        f"{header}.{payload}.",
        f"{header}.{payload}.{mac}=",
        f"{header}.{payload}.{mac}.",
        f"{lists}.{payload}.{mac}",
        f".{payload}.{mac}",
        f"{header}.{payload}.é{mac}",
        f"{header}.{payload}.!{mac}",
    ):
        with pytest.raises(Unauthenticated):
            tokens.verify(changed)
    assert tokens.verify(token).token_version == 0


def test_refresh_tokens_are_ours_or_nobodys() -> None:
    tokens, session_id = RefreshTokens(ring([OLD], "refresh token")), uuid4()
    first, second = tokens.issue(session_id), tokens.issue(session_id)
    assert tokens.session_of(first) == tokens.session_of(second) == session_id
    assert first != second
    assert digest(first) != digest(second)
    assert RefreshTokens(ring([NEW, OLD], "refresh token")).session_of(first) == session_id
    for other in ("", "x", first[:-2], first + "AAAA", first.swapcase(), "é" * 86, "A" * 5000):
        with pytest.raises(Unauthenticated):
            tokens.session_of(other)


def test_a_token_of_one_purpose_is_none_of_another() -> None:
    access = AccessTokens(ring([OLD], "refresh token")).issue(uuid4(), uuid4(), 0)
    with pytest.raises(Unauthenticated):
        AccessTokens(ring([OLD], "access token")).verify(access)
