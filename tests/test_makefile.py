"""The Makefile explains itself and its targets are those that the documents name."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TARGETS = {"setup", "run", "test", "check", "web", "bench", "lint", "types", "docs", "clean"}


def make(*arguments: str, cwd: Path = ROOT) -> str:
    return subprocess.run(["make", *arguments], cwd=cwd, capture_output=True, text=True, timeout=60, check=True).stdout


def test_make_alone_lists_the_targets() -> None:
    listed = {line.split()[1] for line in make().splitlines()}
    assert listed == {"help", *TARGETS}


def test_it_works_from_any_directory(tmp_path: Path) -> None:
    elsewhere = make("-C", str(ROOT), "help", cwd=tmp_path)
    assert make("help") in elsewhere


@pytest.mark.parametrize("document", ["README.md", ".ci/run"])
def test_targets_that_are_named_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    assert set(re.findall(r"(?:`|\$ |exec )make ([a-z]+)", text)) <= TARGETS


def test_the_suite_comes_last_in_check() -> None:
    commands = make("--dry-run", "check").strip().splitlines()
    assert "-m pytest -n " in commands[-1]
    assert any("ruff check" in line for line in commands)
    assert any(line.endswith("-m mypy") for line in commands)


def test_continuous_integration_runs_check() -> None:
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    assert script.read_text().rstrip().endswith("exec make check")
    subprocess.run(["bash", "-n", script], check=True)
