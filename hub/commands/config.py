"""`hub config`: is the configuration right, what is in use, and what could be said in it."""

import os

import click

from hub.commands.files import Place, load_config, located
from hub.commands.output import json_option, json_result, result, talk
from hub.config.reference import as_tree, default_toml, in_use, markdown


@click.group()
def config() -> None:
    """Check, show and explain the configuration.

    Example: hub config show --origin
    """


@config.command()
@located
def check(place: Place) -> None:
    """Say whether the configuration can be used; exit code 2 if not.

    Example: hub config check -c /etc/hub/config.toml
    """
    load_config(place, os.environ, keep_secrets=False)
    talk("The configuration is good.")


@config.command()
@click.option("--origin", is_flag=True, help="Say where each value came from.")
@json_option
@located
def show(place: Place, origin: bool, as_json: bool) -> None:
    """Print the values in use, secrets masked.

    Example: hub config show --origin
    """
    loaded = load_config(place, os.environ, keep_secrets=False)
    if as_json:
        json_result(as_tree(loaded, origins=origin))
    else:
        result(in_use(loaded, origins=origin))


@config.command()
def default() -> None:
    """Print a full, commented file with every setting.

    Example: hub config default > config.toml
    """
    result(default_toml())


@config.command()
def doc() -> None:
    """Print the reference of all settings as Markdown.

    Example: hub config doc > docs/configuration.md
    """
    result(markdown())
