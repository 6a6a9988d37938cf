"""`hub erase`: forgetting customers, without the API."""

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from hub.commands.exits import NOT_FOUND, USAGE, CommandFailed
from hub.commands.files import Place, data_directory, load_config, located
from hub.commands.output import talk

LEASE = timedelta(seconds=30)
"""The journal asks for one; nothing is sent from here."""

if TYPE_CHECKING:
    from hub.erasure import Erased


@click.group()
def erase() -> None:
    """Forget a customer: nothing of them stays but the numbers.

    Example: hub erase customer 0190b5a4-7d3e-7c11-9a52-3f6f1f0f8e21
    """


@erase.command()
@click.argument("id")
@located
def customer(place: Place, id: str) -> None:
    """Forget the customer of this id. A hub may be running.

    Their messages, files, notes, names and addresses are deleted; conversations stay with number, times, team and tags,
    and events with ids. What has begun and was interrupted is completed by the same command. There is no way back.

    Example: hub erase customer 0190b5a4-7d3e-7c11-9a52-3f6f1f0f8e21
    """
    from hub.commands.database import on_database
    from hub.errors import NotFound

    try:
        wanted = UUID(id)
    except ValueError:
        raise CommandFailed(f"{id!r} is not the id of a customer.", USAGE) from None
    try:
        erased = on_database(place, lambda database: _erase(place, database, wanted))
    except NotFound as error:
        into = error.extra.get("merged_into")
        hint = f" They turned out to be the customer {into}." if into else ""
        raise CommandFailed(f"There is no customer {wanted}.{hint}", NOT_FOUND) from None
    talk(f"The customer {wanted} is forgotten, with {len(erased.conversations)} conversations.")


async def _erase(place: Place, database: Any, customer_id: UUID) -> "Erased":
    """The same as the API does; a running hub finds the events in the log."""
    from secrets import randbits

    from hub.conversation.changes import SYSTEM
    from hub.conversation.commands import Context
    from hub.erasure import told
    from hub.ids import uuid7
    from storage.erasure import ErasureStore
    from storage.journal import Journal
    from storage.media_files import MediaFiles

    config = load_config(place, os.environ).config
    files = MediaFiles(data_directory(place, config) / config.media.dir)
    journal = Journal(database, randbits(31), LEASE)
    try:
        erased = await ErasureStore(database, files).erase(customer_id)
        await journal.append([told(erased, SYSTEM, Context(datetime.now(UTC), uuid7))])
        return erased
    finally:
        await journal.close()
        files.close()
