"""Secrets are taken as text only, never with a line break; rings keep their order; addresses need a scheme."""

import pytest

from hub.config.credentials import SecretRing, SecretText, SecretUrl
from hub.config.secret import Secret


def test_a_secret_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match="line break"):
        SecretText().read("abc\n")


@pytest.mark.parametrize("value", [5, True, None, ["a"], {}])
def test_a_secret_is_text(value: object) -> None:
    with pytest.raises(ValueError, match="a secret in quotes"):
        SecretText().read(value)


def test_a_required_secret_is_not_empty() -> None:
    assert SecretText().read("") == Secret("")
    with pytest.raises(ValueError, match="not empty"):
        SecretText(may_be_empty=False).read("")


def test_a_ring_is_one_secret_or_several() -> None:
    ring = SecretRing()
    assert ring.read("new") == (Secret("new"),)
    assert ring.read(ring.from_text('["new", "old"]')) == (Secret("new"), Secret("old"))
    for wrong in ([], [""], "", 5):
        with pytest.raises(ValueError, match="secret"):
            ring.read(wrong)


def test_an_address_that_holds_a_password() -> None:
    kind = SecretUrl(("postgresql",), ("embedded",))
    assert kind.read("embedded") == Secret("embedded")
    assert kind.read("postgresql://hub:pw@db/hub") == Secret("postgresql://hub:pw@db/hub")
    assert kind.read("postgresql:///hub?host=/run/postgresql") == Secret("postgresql:///hub?host=/run/postgresql")
    for wrong in ("", "mysql://db", "db:5432", "postgresql:///hub", 5):
        with pytest.raises(ValueError, match='"embedded" or a URL that starts with postgresql://'):
            kind.read(wrong)
