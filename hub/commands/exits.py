"""How a command ends: 0 ok, 1 failed, 2 usage or configuration, 3 not found, 4 conflict, 130 interrupted.

What went wrong is said on standard error in one line; a traceback is only for what nobody foresaw.
"""

import os
import sys
from collections.abc import Callable

import click

from hub.config import ConfigError
from hub.errors import (
    AlreadyAssigned,
    AlreadyExists,
    HubError,
    IdempotencyInFlight,
    IdempotencyKeyReused,
    InUse,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
)

OK, FAILED, USAGE, NOT_FOUND, CONFLICT, INTERRUPTED = 0, 1, 2, 3, 4, 130

_CODES: tuple[tuple[type[HubError], int], ...] = (
    (NotFound, NOT_FOUND),
    (Invalid, USAGE),
    (AlreadyExists, CONFLICT),
    (AlreadyAssigned, CONFLICT),
    (StaleVersion, CONFLICT),
    (InUse, CONFLICT),
    (InvalidTransition, CONFLICT),
    (IdempotencyKeyReused, CONFLICT),
    (IdempotencyInFlight, CONFLICT),
)


class CommandFailed(Exception):
    """A command that cannot do what it was asked; the message says what, why and what to do."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def code_of(error: HubError) -> int:
    """The exit code for an error of the domain."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)


def run(command: Callable[[], object]) -> int:
    """Run a command line to its end and give the exit code, having said what went wrong."""
    try:
        result = command()
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as error:
        error.show(file=sys.stderr)
        return error.exit_code
    except CommandFailed as error:
        return _say(str(error), error.code)
    except ConfigError as error:
        return _say(str(error), USAGE)
    except HubError as error:
        return _say(error.detail, code_of(error))
    except (click.Abort, KeyboardInterrupt):
        return _say("Interrupted.", INTERRUPTED)
    except BrokenPipeError:
        _forget_stdout()
        return FAILED
    except OSError as error:
        return _say(f"{error.filename or 'The system refused'}: {error.strerror or type(error).__name__}", FAILED)
    return result if isinstance(result, int) else OK


def _say(message: str, code: int) -> int:
    click.echo(message, err=True)
    return code


def _forget_stdout() -> None:
    """The reader has gone (`| head`): point standard output nowhere, so that the interpreter's last flush is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
