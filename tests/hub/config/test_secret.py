"""A secret does not show itself, and weak ones are known for what they are."""

import pickle

import pytest

from hub.config.secret import Secret, weakness

STRONG = "Zx8-qLw2_Tn5vRk9.Pd3mYb7cHg1sJf4uA6"


def test_it_shows_nothing() -> None:
    secret = Secret(STRONG)

    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", "%s" % secret, repr([secret])]  # noqa: UP031

    assert not any(STRONG in text for text in shown)
    assert secret.reveal() == STRONG


def test_it_compares_and_is_false_when_empty() -> None:
    assert Secret(STRONG) == Secret(STRONG) != Secret("other")
    assert len({Secret(STRONG), Secret(STRONG)}) == 1
    assert Secret("ä") != "ä"
    assert Secret(STRONG)
    assert not Secret("")


def test_it_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(STRONG))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("changeme", "everybody"),
        ("ChangeMe123!", "everybody"),
        ("secretsecretsecretsecretsecretsecret", "everybody"),
        ("a" * 64, "same few"),
        ("abababababababababababababababababab", "same few"),
        (STRONG[:31], "shorter than 32 bytes"),
    ],
)
def test_weak_ones_are_refused_with_the_reason(value: str, why: str) -> None:
    assert why in (weakness(Secret(value), 32) or "")


def test_a_strong_one_passes() -> None:
    assert weakness(Secret(STRONG), 32) is None
