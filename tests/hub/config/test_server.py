"""The section knows which database it means."""

from hub.config import load


def test_embedded_is_a_word_not_an_address() -> None:
    assert load(make_up=lambda path: "x").config.database.embedded
    options = {"database.url": "postgresql://embedded/hub"}
    assert not load(options=options, make_up=lambda path: "x").config.database.embedded
