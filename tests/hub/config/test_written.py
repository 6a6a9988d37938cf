"""Values are written as a person would write them, and secrets are not."""

import tomllib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.config import kinds
from hub.config.credentials import SecretRing, SecretText, SecretUrl
from hub.config.secret import Secret
from hub.config.setting import Setting
from hub.config.written import quoted, shown, toml

PLAIN = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(exclude_categories=["C"]), max_size=20)


@given(PLAIN | st.lists(PLAIN, max_size=4))
def test_what_is_written_is_read_back(value: object) -> None:
    assert tomllib.loads(f"x = {toml(value)}")["x"] == value


def test_tables_are_inline() -> None:
    assert tomllib.loads(f"x = {toml({'id': 'key'})}")["x"] == {"id": "key"}
    assert tomllib.loads(f"x = {toml({'in progress': 'open'})}")["x"] == {"in progress": "open"}
    assert toml({}) == "{}"


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (kinds.Duration("0", "365d"), 30.0, "30s"),
        (kinds.Duration("0", "365d"), 90.0, "90s"),
        (kinds.Duration("0", "365d"), 604800.0, "7d"),
        (kinds.Duration("0", "365d"), 0.25, "250ms"),
        (kinds.Duration("0", "365d"), 0.0, "0"),
        (kinds.Size("0", "1GiB"), 26214400, "25MiB"),
        (kinds.Size("0", "1GiB"), 1000, 1000),
        (kinds.Money(), Decimal("1000.00"), "1000.00"),
        (kinds.Texts(), ("a", "b"), ["a", "b"]),
        (kinds.Number(0, 9), 5, 5),
        (SecretText(), Secret("value"), "***"),
        (SecretText(), Secret(""), ""),
        (SecretRing(), (Secret("value"),), "***"),
        (SecretRing(), (Secret("value"), Secret("older")), ["***", "***"]),
        (SecretUrl(("postgresql",), ("embedded",)), Secret("embedded"), "embedded"),
        (SecretUrl(("postgresql",)), Secret("postgresql://hub:value@db:5432/hub?x=value"), "postgresql://hub:***@db:5432/hub"),
        (SecretUrl(("postgresql",)), Secret("postgresql://hub@db/hub"), "postgresql://hub@db/hub"),
        (SecretUrl(("https",)), Secret("https://hooks.example.com/value"), "https://hooks.example.com/***"),
    ],
)  # fmt: skip
def test_shown(kind: kinds.Kind, value: object, text: object) -> None:
    assert shown(Setting(kind, ""), value) == text


def test_a_long_value_is_cut_in_messages() -> None:
    assert len(quoted("x" * 10_000)) < 70
    assert quoted({"a": 1}) == "a table"
