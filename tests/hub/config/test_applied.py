"""A setting that nothing goes by is a promise that is not kept."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import attrs
import pytest

from hub import config
from hub.config import Config

ROOT = Path(config.__file__).parents[2]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

NOT_YET = {
    "redis.url",
    "redis.timeout",
    "database.read_url",
    "database.report_pool_size",
    "database.report_statement_timeout",
    "retention.messages",
    "routing.rules",
    "sla.first_response",
    "sla.next_response",
    "sla.resolution",
    "business_hours.timezone",
    *(f"business_hours.{day}" for day in DAYS),
}
"""Taken and checked, so that a file written for later starts today; their documentation says so."""


def settings(kind: type = Config, path: str = "") -> Iterator[tuple[str, str]]:
    """Every setting, by its path in the file and the name that code reads it by."""
    for field in attrs.fields(kind):
        place = f"{path}{field.name}"
        if attrs.has(field.type or object):
            yield from settings(field.type, f"{place}.")
        else:
            yield place, field.name


@cache
def read_names() -> frozenset[str]:
    """The attributes that the product's code reads anywhere, the checks of the file apart."""
    names: set[str] = set()
    for folder in ("hub", "actors", "storage", "web"):
        for path in (ROOT / folder).rglob("*.py"):
            apart = {"config", "bench", "demo"} & set(path.relative_to(ROOT).parts)
            if not apart or path.name in ("production.py", "config.py"):
                tree = ast.parse(path.read_text())
                names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return frozenset(names)


@pytest.mark.parametrize(("path", "name"), [pytest.param(*each, id=each[0]) for each in settings()])
def test_every_setting_is_gone_by(path: str, name: str) -> None:
    assert path in NOT_YET or name in read_names()


def test_what_is_not_gone_by_yet_says_so() -> None:
    documented = (ROOT / "docs/configuration.md").read_text()
    for path in NOT_YET:
        section = path.split(".")[0]
        text = re.split(rf"^## `\[+{section}[\].]", documented, flags=re.MULTILINE)[1].split("\n## ")[0]
        assert "not applied yet" in text, section
