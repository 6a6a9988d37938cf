"""Bringing the database up: opened as soon as it is there, and at this code's schema before anybody uses it."""

import asyncio
import logging

from hub.errors import Unavailable
from storage.database import DATABASE_LOST, DATABASE_REFUSES, Database
from storage.journal import Journal
from storage.migrations import Migration, migrate

log = logging.getLogger("hub.storage")


async def bring_up(database: Database, journal: Journal, first: float, most: float) -> tuple[Migration, ...]:
    """Tries until PostgreSQL is there and lets the hub in, after `first` seconds, then twice as many, at most every
    `most`; returns what was migrated. Raises MigrationError when the database is not for this code."""
    wait = first
    while True:
        try:
            await database.open()
            async with database.acquire() as connection:
                applied = await migrate(connection)
            await journal.open()
        except (*DATABASE_LOST, *DATABASE_REFUSES, Unavailable) as error:
            # One that is being set up refuses its users before they are made.
            log.warning("PostgreSQL cannot be used yet", extra={"reason": type(error).__name__})
            await asyncio.sleep(wait)
            wait = min(wait * 2, most)
        else:
            return applied
