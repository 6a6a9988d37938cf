"""docs/threats.md has every threat once, with tests that there are, and all tests that speak of it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from attrs import frozen

from tests.acceptance.ai_vectors import VECTORS

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "threats.md"
HOW_MANY = 52

_ROW = re.compile(r"^\| T(\d+) \|.*\| (\[.*) \|$", re.MULTILINE)
_TEST = re.compile(r"\[([a-z0-9 ]+)\]\(\.\./(tests/[\w/]+\.py)\)")
_NUMBER = re.compile(r"\bT(\d+)[ab]?\b")
_RANGE = re.compile(r"\bT(\d+) to T(\d+)\b")


@frozen
class Case:
    """A test by its file and its name."""

    path: str
    name: str


def rows() -> list[tuple[int, frozenset[Case]]]:
    """Each threat's number with the tests that the document names."""
    found = []
    for number, cell in _ROW.findall(DOCUMENT.read_text()):
        named = (Case(path, "test_" + words.replace(" ", "_")) for words, path in _TEST.findall(cell))
        found.append((int(number), frozenset(named)))
    return found


@cache
def cases_of(path: str) -> dict[str, str]:
    """The tests of a file, and what each says of itself."""
    tree = ast.parse((ROOT / path).read_text())
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name: ast.get_docstring(node) or "" for node in functions if node.name.startswith("test_")}


def numbers(text: str) -> set[int]:
    """The threats that a text speaks of: T5, T33a, T26 to T29."""
    spans = ((int(first), int(last)) for first, last in _RANGE.findall(text))
    between = {number for first, last in spans for number in range(first, last + 1)}
    return between | {int(number) for number in _NUMBER.findall(text)}


def spoken_of() -> Iterator[tuple[int, Case]]:
    """The numbers in the words of tests."""
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        path = file.relative_to(ROOT).as_posix()
        for name, words in cases_of(path).items():
            yield from ((number, Case(path, name)) for number in numbers(words))


def test_each_threat_has_one_row() -> None:
    assert [number for number, _ in rows()] == list(range(1, HOW_MANY + 1))


@pytest.mark.parametrize(("number", "named"), rows(), ids=lambda value: f"T{value}" if isinstance(value, int) else "")
def test_the_cases_of_a_threat_are_there(number: int, named: frozenset[Case]) -> None:
    assert named
    assert [test for test in named if test.name not in cases_of(test.path)] == []


def test_what_tests_say_is_in_the_document() -> None:
    told = dict(rows())
    missing = [(number, test) for number, test in spoken_of() if test not in told.get(number, ())]
    assert missing == []


def test_the_numbers_of_attacks_on_arguments_are_all_played() -> None:
    """The first rows name one test, which plays a list: each of them has a case there."""
    assert {number for vector in VECTORS for number in numbers(vector.case)} == set(range(1, 12))


def test_numbers_are_found_in_words() -> None:
    assert numbers("T5, T33a: at once. T26 to T29. AT7, T8x") == {5, 33, 26, 27, 28, 29}
