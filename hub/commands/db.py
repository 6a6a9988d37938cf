"""`hub db`: the embedded PostgreSQL of a data directory."""

import click

from hub.commands.exits import NOT_FOUND, CommandFailed
from hub.commands.files import Place, located
from hub.commands.output import json_option, json_result, result


@click.group()
def db() -> None:
    """See and stop the embedded PostgreSQL of a data directory.

    Example: hub db status
    """


@db.command()
@json_option
@located
def status(place: Place, as_json: bool) -> int:
    """Say whether it runs; exit code 3 when it does not.

    Example: hub db status --data .hub
    """
    from storage import embedded

    try:
        found = embedded.status(place.data_directory)
    except embedded.EmbeddedError as error:
        raise CommandFailed(str(error)) from None
    if as_json:
        json_result(
            {"running": found.running, "pid": found.pid, "version": found.version, "directory": str(found.directory)}
        )
    elif found.running:
        result(f"PostgreSQL {found.version} runs as process {found.pid} in {found.directory}")
    else:
        result(f"No PostgreSQL runs for {found.directory}")
    return 0 if found.running else NOT_FOUND


@db.command()
@located
def stop(place: Place) -> None:
    """Stop it. A hub that uses it will start it again.

    Example: hub db stop --data .hub
    """
    from storage import embedded

    try:
        stopped = embedded.stop(place.data_directory)
    except embedded.EmbeddedError as error:
        raise CommandFailed(str(error)) from None
    result("Stopped." if stopped else "It was not running.")
