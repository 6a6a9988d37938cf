"""What is installed, and what may be, is not older than the versions in which known holes were closed."""

import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]

SAFE = {
    # Over-read in the response parser, request smuggling over a WebSocket upgrade.
    "aiohttp": "3.14.3",
    # Before it, cancelling a query could wait on a dead link for ever.
    "asyncpg": "0.32",
    # Algorithm confusion.
    "pyjwt": "2.13",
    # A cancelled command left its answer to the next caller.
    "redis": "4.5.4",
}


@pytest.mark.parametrize("name", SAFE)
def test_no_version_with_a_known_hole(name: str) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    (found,) = [r for r in map(Requirement, declared) if r.name == name]
    least = Version(SAFE[name])
    lower = [Version(bound.version) for bound in found.specifier if bound.operator == ">="]
    assert lower
    assert lower[0] >= least
    assert Version(version(name)) >= least
