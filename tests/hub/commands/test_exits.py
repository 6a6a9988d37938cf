"""Each way to end has its code and one line on standard error."""

import click
import pytest

from hub.commands.exits import CommandFailed, code_of, run
from hub.config import ConfigError
from hub.errors import AlreadyExists, HubError, Invalid, NotFound, Unavailable


def raising(error: BaseException) -> int:
    def command() -> None:
        raise error

    return run(command)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (ConfigError(["config.toml:1: a", "config.toml:2: b"]), 2, "config.toml:1: a\nconfig.toml:2: b\n"),
        (CommandFailed("Port 80 is taken."), 1, "Port 80 is taken.\n"),
        (CommandFailed("No such user.", 3), 3, "No such user.\n"),
        (NotFound("No such user."), 3, "No such user.\n"),
        (AlreadyExists("ana@example.com exists."), 4, "ana@example.com exists.\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (click.Abort(), 130, "Interrupted.\n"),
        (PermissionError(13, "Permission denied", "/etc/x"), 1, "/etc/x: Permission denied\n"),
        (click.exceptions.Exit(3), 3, ""),
    ],
)
def test_codes(error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(error) == code
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", said)


def test_usage_errors_end_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(click.UsageError("no such thing")) == 2
    assert "no such thing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"), [(NotFound(), 3), (AlreadyExists(), 4), (Invalid(), 2), (Unavailable(), 1), (HubError(), 1)]
)
def test_errors_of_the_domain(error: HubError, code: int) -> None:
    assert code_of(error) == code


def test_success_is_0_and_a_command_may_choose() -> None:
    assert run(lambda: None) == 0
    assert run(lambda: 1) == 1


def test_what_nobody_foresaw_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        raising(ZeroDivisionError())
