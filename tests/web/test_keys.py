"""Keys of different purposes and secrets differ."""

import pytest

from web.keys import ring

SECRET = "a secret of at least thirty-two bytes"


def test_each_purpose_has_its_own_key() -> None:
    assert ring([SECRET], "access token").signing != ring([SECRET], "refresh token").signing
    assert ring([SECRET], "cursor") == ring([SECRET], "cursor")


def test_the_first_signs_and_all_verify() -> None:
    old, both = ring([SECRET], "cursor"), ring([SECRET[::-1], SECRET], "cursor")
    assert both.signing != old.signing
    assert set(both.by_id.values()) == {both.signing, old.signing}
    assert both.by_id[both.signing_id] == both.signing


@pytest.mark.parametrize("secrets", [[], [""], ["short"], [SECRET, "short"]])
def test_short_secrets_are_refused(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ring(secrets, "cursor")
