"""Rows as they are sent."""

from storage.rows import present


def test_only_null_is_left_out() -> None:
    assert present({"a": None, "b": 0, "c": "", "d": [], "e": False, "f": {}}) == {
        "b": 0,
        "c": "",
        "d": [],
        "e": False,
        "f": {},
    }
