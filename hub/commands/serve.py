"""`hub serve`: the server."""

import gc
import os

import click

from hub.commands.files import Place, data_directory, load_config, located
from hub.commands.output import talk
from hub.redaction import Redactor


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("-p", "--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes any free one.")
@located
def serve(place: Place, host: str | None, port: int | None) -> int:
    """Run the server until Ctrl+C or SIGTERM.

    Example: hub serve -c config.toml --port 8080
    """
    gc.disable()  # nothing of the code that is read now is garbage, and looking for it takes a tenth of the start
    from actors.kernel import TRACE
    from hub.app import Hub
    from hub.commands import logs, process
    from hub.commands.database import database_url, warn_embedded
    from storage.audit_keys import AuditKeys

    given = {"server.host": host, "server.port": port}
    options = {name: str(value) for name, value in given.items() if value is not None}
    place = Place(options=options).over(place)
    config = load_config(place, os.environ).config
    data = data_directory(place, config)
    redactor = Redactor(AuditKeys.load(data / config.audit.dir).pseudonyms)
    logs.configure(config.log.level, config.log.format, context=TRACE.get, redactor=redactor)
    warn_embedded(config, data)

    async def main() -> int:
        asked = process.stop_signals()
        url, revive = await database_url(config, data)
        hub = Hub(config, url, data, revive)

        async def started(bound: int) -> None:
            talk(f"The hub listens on http://{config.server.host}:{bound}/")

        return await process.serve(hub, started, asked)

    return process.run(main)
