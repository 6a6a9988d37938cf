"""What the documents say is true: commands run, links lead somewhere, pictures are those of the code.

`python tests/test_docs.py` writes the generated parts anew.
"""

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

import pytest
from attrs import frozen

from hub.config.reference import markdown
from hub.diagram import state_diagram

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

_TESTED = re.compile(r"^```console tested\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DIAGRAM = re.compile(r"<!-- diagram: (\S+) -->\n(.*?)<!-- end -->", re.DOTALL)
_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_EXIT = re.compile(r"\s+# exits (\d+)$")


@frozen
class Step:
    """A command of a document, the exit code it names (0 if none), and what it prints; `…` stands for anything."""

    command: str
    code: int
    output: str


def steps(block: str) -> list[Step]:
    """The `$ command` lines of a block, each with what follows until the next."""
    found = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        exits = _EXIT.search(command)
        found.append(Step(_EXIT.sub("", command), int(exits[1]) if exits else 0, output))
    return found


def blocks() -> list[tuple[str, str]]:
    """Every block marked `console tested`, with the name of its document."""
    return [(path.name, found) for path in DOCUMENTS for found in _TESTED.findall(path.read_text())]


def test_the_read_me_leads_to_every_document() -> None:
    led_to = set(_LINK.findall((ROOT / "README.md").read_text()))
    assert {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")} <= led_to


@pytest.mark.parametrize(("document", "block"), blocks())
def test_commands_do_what_the_document_shows(document: str, block: str, tmp_path: Path) -> None:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("HUB_")}
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
    for step in steps(block):
        command = ["bash", "-c", f"{step.command} 2>&1"]
        done = subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False
        )
        pattern = ".*".join(re.escape(part) for part in step.output.split("…"))
        assert re.fullmatch(pattern, done.stdout, re.DOTALL), f"{document}: {step.command}\n{done.stdout}"
        assert done.returncode == step.code, step.command


def test_there_are_such_commands() -> None:
    assert len(blocks()) >= 2
    assert steps("$ a  # exits 2\nout\n$ b\n") == [Step("a", 2, "out\n"), Step("b", 0, "")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_within_the_project_lead_somewhere(path: Path) -> None:
    targets = [unquote(link.split("#")[0]) for link in _LINK.findall(path.read_text()) if "://" not in link]
    missing = [target for target in targets if target and not (path.parent / target).exists()]
    assert missing == []


def with_diagrams(text: str) -> str:
    """A document with its diagrams drawn from the tables."""

    def draw(found: re.Match[str]) -> str:
        picture = state_diagram(import_module(found[1]).TRANSITIONS)
        return f"<!-- diagram: {found[1]} -->\n```mermaid\n{picture}\n```\n<!-- end -->"

    return _DIAGRAM.sub(draw, text)


def test_pictures_are_those_of_the_code() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    assert "stateDiagram-v2" in text
    assert text == with_diagrams(text), "run: make docs"


if __name__ == "__main__":
    architecture = ROOT / "docs/architecture.md"
    architecture.write_text(with_diagrams(architecture.read_text()))
    (ROOT / "docs/configuration.md").write_text(markdown())
