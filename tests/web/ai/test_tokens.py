"""Sessions' tokens: one algorithm, one audience, one conversation."""

import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import jwt
import pytest

from hub.ai.session import ALL, AiScope
from hub.errors import Unauthenticated
from web import keys
from web.ai.tokens import SessionTokens, fingerprint
from web.tokens import AccessTokens

SECRET = "a secret for tests, longer than 32 bytes"
RING = keys.ring([SECRET], "ai session")
NOW = 1_800_000_000
KEY, CONVERSATION = UUID(int=7), UUID(int=8)


def tokens(at: float = NOW) -> SessionTokens:
    return SessionTokens(RING, 900, lambda: at)


def made(key: Any = RING.signing, algorithm: str = "HS256", kid: str = RING.signing_id, **claims: Any) -> str:
    """A token as somebody might make it."""
    given: dict[str, Any] = {
        "iss": "hub", "aud": "hub/ai", "sub": str(KEY), "conv": str(CONVERSATION), "epoch": 0, "scope": "tools:read",
        "jti": "1", "iat": NOW, "exp": NOW + 60, **claims,
    }  # fmt: skip
    kept = {name: value for name, value in given.items() if value is not None}
    return jwt.encode(kept, key, algorithm, headers={"kid": kid})


def test_what_is_issued_is_good_until_its_end() -> None:
    token, until = tokens().issue(KEY, CONVERSATION, 4, frozenset({AiScope.READ}))
    claims = tokens(NOW + 899).verify(token)
    assert (claims.principal_id, claims.conversation_id, claims.ai_epoch) == (KEY, CONVERSATION, 4)
    assert (claims.scopes, claims.expires_at) == (frozenset({AiScope.READ}), until)
    assert until == datetime.fromtimestamp(NOW + 900, UTC)
    with pytest.raises(Unauthenticated):
        tokens(NOW + 900).verify(token)


def test_one_that_is_made_alike_is_good() -> None:
    assert tokens().verify(made()).conversation_id == CONVERSATION


@pytest.mark.parametrize(
    "token",
    [
        made(b"another secret, which is long enough"),
        made(RING.signing * 2, algorithm="HS512"),
        made("", algorithm="none"),
        made(kid="other"),
        made(aud="hub:api"),
        made(aud=["hub/api"]),
        made(iss="somebody"),
        made(exp=None),
        made(iat=None),
        made(jti=None),
        made(sub=None),
        made(conv=None),
        made(epoch=None),
        made(exp=NOW),
        made(exp=float(NOW + 60)),
        made(iat=NOW + 60),
        made(conv="all"),
        made(scope="everything"),
        made(scope=["tools:read"]),
        made(epoch=True),
        "nonsense",
        "a.b.c",
        "",
        "x" * 5000,
    ],
)
def test_anything_else_is_refused_alike(token: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens().verify(token)


def test_a_persons_token_opens_no_session_and_the_other_way_round() -> None:
    people = AccessTokens(keys.ring([SECRET], "access token"))
    with pytest.raises(Unauthenticated):
        SessionTokens(RING, 900).verify(people.issue(KEY, KEY, 0))
    token, _ = SessionTokens(RING, 900, time.time).issue(KEY, CONVERSATION, 0, ALL)
    with pytest.raises(Unauthenticated):
        people.verify(token)


def test_a_fingerprint_tells_tokens_apart_and_is_none() -> None:
    assert fingerprint("a") != fingerprint("b")
    assert len(fingerprint("a" * 4000)) == 16
