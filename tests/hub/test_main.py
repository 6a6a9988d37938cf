"""`python -m hub` and `hub` are the same."""

import subprocess
import sys
import tomllib
from pathlib import Path

from hub.__main__ import main

ROOT = Path(__file__).parents[2]


def test_the_script_is_the_module() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"hub": f"{main.__module__}:{main.__name__}"}


def test_the_exit_code_is_the_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hub", "--bogus"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: hub [OPTIONS]")
