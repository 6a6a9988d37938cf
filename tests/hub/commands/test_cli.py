"""The frame: help is fast, every command is found, options may stand on either side."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from hub.commands.cli import COMMANDS, cli
from tests.hub.commands.conftest import Run

HEAVY = {"aiohttp", "asyncpg", "redis", "argon2", "PIL", "jwt", "uvloop", "prometheus_client", "cattrs", "asyncio"}


def commands() -> list[tuple[str, click.Command]]:
    context = click.Context(cli)
    found = [(name, cli.get_command(context, name)) for name in COMMANDS]
    named = [(name, command) for name, command in found if command is not None]
    groups = [(name, command) for name, command in named if isinstance(command, click.Group)]
    return named + [(f"{name} {sub}", below) for name, group in groups for sub, below in group.commands.items()]


def test_help_imports_nothing_heavy() -> None:
    source = f"import sys\nsys.argv = ['hub', '--help']\nfrom hub.__main__ import main\ntry:\n    main()\nexcept SystemExit:\n    print(sorted({HEAVY} & set(sys.modules)), file=sys.stderr)"  # fmt: skip  # noqa: E501
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.strip() == "[]"
    assert "config" in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there(name: str) -> None:
    module, _, attribute = COMMANDS[name][0].partition(":")
    assert isinstance(getattr(import_module(module), attribute), click.Command)


@pytest.mark.parametrize(("name", "command"), commands())
def test_every_command_shows_an_example(name: str, command: click.Command) -> None:
    assert "Example: hub " in (command.help or ""), name


def test_the_table_says_what_the_command_says() -> None:
    for name, command in commands():
        if name in COMMANDS:
            assert (command.help or "").splitlines()[0] == COMMANDS[name][1]


def test_nothing_and_nonsense_are_usage_errors(hub: Run) -> None:
    for arguments in ([], ["--bogus"], ["nope"], ["config", "check", "-o", "novalue"]):
        done = hub(*arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert "Traceback" not in done.stderr


def test_options_may_stand_before_or_after(hub: Run, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[server]\nport = 1")
    (tmp_path / "b.toml").write_text("[server]\nport = 2")
    assert "port = 1\n" in hub("-c", "a.toml", "config", "show").stdout
    assert "port = 2\n" in hub("-c", "a.toml", "config", "show", "-c", "b.toml").stdout
    assert "port = 3\n" in hub("-o", "server.port=3", "config", "show", HUB_CONFIG="a.toml").stdout
    assert "port = 1\n" in hub("config", "show", HUB_CONFIG="a.toml").stdout


def test_a_reader_that_has_gone_leaves_no_traceback(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "hub", "config", "doc"]
    done = subprocess.run(command, cwd=tmp_path, stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")
