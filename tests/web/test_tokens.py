"""Tokens: whose they are, for how long, and nobody else's. How doors refuse bad ones is in test_auth."""

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
