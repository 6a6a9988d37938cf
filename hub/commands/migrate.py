"""`hub migrate`: brings the database to this hub's schema."""

import asyncio
import os

import click

from hub.commands.exits import CommandFailed
from hub.commands.files import Place, data_directory, load_config, located
from hub.commands.output import result


@click.command()
@click.option("--status", "only_status", is_flag=True, help="Only say what is applied and what is not.")
@click.option("--dry-run", is_flag=True, help="Only say what would be applied.")
@located
def migrate(place: Place, only_status: bool, dry_run: bool) -> None:
    """Apply the migrations that the database lacks.

    Example: hub migrate --status
    """
    import asyncpg

    from hub.commands.database import database_url
    from storage import migrations

    config = load_config(place, os.environ).config
    data = data_directory(place, config)

    async def main() -> None:
        url, _ = await database_url(config, data)
        try:
            connection = await asyncpg.connect(url, timeout=config.database.acquire)
        except (OSError, TimeoutError, asyncpg.PostgresError):
            raise CommandFailed("Cannot reach PostgreSQL. Is it up? Check: hub doctor") from None
        try:
            if only_status or dry_run:
                waiting = await migrations.pending(connection)
                result("\n".join(f"pending  {m.version:04} {m.name}" for m in waiting) or "Nothing is pending.")
            else:
                applied = await migrations.migrate(connection)
                result("\n".join(f"applied  {m.version:04} {m.name}" for m in applied) or "Nothing was pending.")
        except migrations.MigrationError as error:
            raise CommandFailed(str(error)) from None
        finally:
            await connection.close()

    asyncio.run(main())
