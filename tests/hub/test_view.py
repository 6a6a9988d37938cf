"""Names of views."""

from hub.view import same_name


def test_spellings_of_a_name_are_one() -> None:
    assert same_name("Späte") == same_name("SPA\u0308TE")
