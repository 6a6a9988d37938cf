"""`hub version`."""

import platform
import sys

import click

from hub import __version__
from hub.commands.output import json_option, json_result, result


@click.command()
@json_option
def version(as_json: bool) -> None:
    """Print the version.

    Example: hub version --json
    """
    if as_json:
        json_result({"version": __version__, "python": platform.python_version(), "platform": sys.platform})
    else:
        result(f"hub {__version__} (Python {platform.python_version()})")
