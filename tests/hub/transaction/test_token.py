"""Tokens: nobody without the key makes one, and a replica with it makes the same one again."""

from datetime import UTC, datetime
from uuid import UUID

from hub.transaction.token import Token, digest_of, recovered, token_of

NEW, OLD = b"n" * 32, b"o" * 32
CONSENT = UUID(int=1)


def stored(key: bytes) -> Token:
    digest = digest_of(token_of(key, CONSENT))
    return Token(digest, UUID(int=2), b"", CONSENT, "ai:1", UUID(int=3), datetime.now(UTC))


def test_a_token_is_opaque_and_the_consents_own() -> None:
    token = token_of(NEW, CONSENT)
    assert token.startswith("cft_")
    assert len(token) == 4 + 43
    assert token not in (token_of(NEW, UUID(int=2)), token_of(OLD, CONSENT))


def test_it_is_recovered_with_the_key_that_it_was_made_with() -> None:
    assert recovered([NEW, OLD], stored(OLD)) == token_of(OLD, CONSENT)
    assert recovered([NEW], stored(NEW)) == token_of(NEW, CONSENT)
    assert recovered([NEW], stored(OLD)) is None
