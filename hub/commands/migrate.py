"""`hub migrate`: brings the database to this hub's schema."""

import asyncio
import os

import click

from hub.commands.exits import CommandFailed
from hub.commands.files import Place, data_directory, load_config, located
from hub.commands.output import json_option, json_result, result

Step = tuple[str, int, str]
"""A migration's state, number and name."""


@click.command()
@click.option("--status", "only_status", is_flag=True, help="Only say what is applied and what is not.")
@click.option("--dry-run", is_flag=True, help="Only say what would be applied.")
@json_option
@located
def migrate(place: Place, only_status: bool, dry_run: bool, as_json: bool) -> None:
    """Apply the migrations that the database lacks.

    Example: hub migrate --status
    """
    from hub.commands.database import connected
    from storage import migrations

    config = load_config(place, os.environ).config
    data = data_directory(place, config)

    async def main() -> list[Step]:
        async with connected(config, data) as connection:
            try:
                if not (only_status or dry_run):
                    return [("applied", step.version, step.name) for step in await migrations.migrate(connection)]
                waiting = await migrations.pending(connection)
            except migrations.MigrationError as error:
                raise CommandFailed(str(error)) from None
        shown = migrations.known() if only_status else waiting
        return [("pending" if step in waiting else "applied", step.version, step.name) for step in shown]

    steps = asyncio.run(main())
    if as_json:
        json_result([{"state": state, "version": version, "name": name} for state, version, name in steps])
    else:
        lines = [f"{state}  {version:04} {name}" for state, version, name in steps]
        result("\n".join(lines) or "The database has every migration.")
