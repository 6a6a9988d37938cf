"""`hub export`: conversations or messages of a time as a file, without the API and its bound on the time."""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click
from attrs import define, field

from hub.clock import from_rfc3339, rfc3339
from hub.commands.exits import NOT_FOUND, USAGE, CommandFailed
from hub.commands.files import Place, located
from hub.commands.output import talk

if TYPE_CHECKING:
    from hub.export import ExportKind, Writer
    from hub.export import Place as Reached

LATELY = 5.0
"""Seconds between two words about how far it is, on a terminal."""


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What both kinds take."""
    for option in (
        click.option("--from", "begin", required=True, metavar="TIME", help="From this day or moment on (UTC)."),
        click.option("--to", "end", metavar="TIME", help="Before this day or moment [now]."),
        click.option("--team", metavar="NAME", help="Only of this team."),
        click.option(
            "--format", "format_", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True, help="How."
        ),
        click.option("--bom", is_flag=True, help="Begin a CSV file with a byte order mark."),
        click.option("--after", metavar="PLACE", help="Go on where an export stopped, as it said."),
    ):
        command = option(command)
    return located(command)


@click.group()
def export() -> None:
    """Export conversations or messages of a time.

    Example: hub export messages --from 2026-01-01 --to 2026-02-01 > january.csv
    """


@export.command()
@_options
def conversations(**given: Any) -> None:
    """Print the conversations that began in a time, one per line.

    Example: hub export conversations --from 2026-01-01 --team Support > support.csv
    """
    from hub.export import ExportKind

    _export(ExportKind.CONVERSATIONS, **given)


@export.command()
@_options
def messages(**given: Any) -> None:
    """Print the messages that were stored in a time, one per line, conversation by conversation.

    Example: hub export messages --from 2026-01-01 --to 2026-02-01 --format jsonl > january.jsonl
    """
    from hub.export import ExportKind

    _export(ExportKind.MESSAGES, **given)


def _export(
    kind: "ExportKind",
    place: Place,
    begin: str,
    end: str | None,
    team: str | None,
    format_: str,
    bom: bool,
    after: str | None,
) -> None:
    from hub.commands.database import on_database
    from hub.export import ExportFormat, writer

    since, until = _moment(begin), _moment(end) if end else datetime.now(UTC)
    if until <= since:
        raise CommandFailed("--to must be after --from.", USAGE)
    progress, written = _Progress(_reached(after), until), writer(kind, ExportFormat(format_), bom=bom)
    try:
        on_database(place, lambda database: _work(database, kind, (since, until, team), written, progress))
    except BrokenPipeError:
        raise  # whoever reads has seen enough
    except BaseException:
        talk(progress.how_to_go_on)
        raise
    talk(f"{progress.rows} rows.")


async def _work(
    database: Any,
    kind: "ExportKind",
    given: "tuple[datetime, datetime, str | None]",
    written: "Writer",
    progress: "_Progress",
) -> None:
    """Portion by portion, as somebody who sees everything."""
    from hub.export import Span
    from hub.rights import Reader, Role
    from storage.export import ExportRows

    since, until, team = given
    span, store = Span(since, until, await _team(database, team)), ExportRows(database)
    everything, out = Reader(UUID(int=0), Role.ADMIN, frozenset()), sys.stdout.buffer
    if progress.after is None:
        out.write(written.head)
    while True:
        portion = await store.portion(kind, everything, span, progress.after)
        out.writelines(map(written.line, portion.records))
        out.flush()
        progress.portion(len(portion.records), portion.after)
        if portion.after is None:
            return


@define
class _Progress:
    """How far it is: rows printed, and where the next one begins."""

    after: "Reached | None"
    until: datetime
    rows: int = 0
    _told: float = field(factory=time.monotonic)

    def portion(self, rows: int, after: "Reached | None") -> None:
        """So many more, up to this place."""
        self.rows, self.after = self.rows + rows, after or self.after
        if os.isatty(2) and not os.isatty(1) and time.monotonic() - self._told > LATELY:
            self._told = time.monotonic()
            talk(f"{self.rows} rows")

    @property
    def how_to_go_on(self) -> str:
        """What to add to the same command to get what is missing."""
        after = f" --after {self.after.conversation_id}:{self.after.seq}" if self.after else ""
        return f"{self.rows} rows were printed. For the others add: --to {rfc3339(self.until)}{after}"


async def _team(database: Any, name: str | None) -> UUID | None:
    from storage.team import TeamStore

    if name is None:
        return None
    team = await TeamStore(database).named(name)
    if team is None:
        raise CommandFailed(f"There is no team {name!r}.", NOT_FOUND)
    return team.id


def _moment(text: str) -> datetime:
    try:
        return from_rfc3339(text if "T" in text else f"{text}T00:00:00Z")
    except ValueError:
        raise CommandFailed(
            f"{text!r} is no day or moment such as 2026-01-05 or 2026-01-05T12:00:00Z.", USAGE
        ) from None


def _reached(text: str | None) -> "Reached | None":
    from hub.export import Place as Reached

    if text is None:
        return None
    id, _, seq = text.partition(":")
    try:
        return Reached(UUID(id), int(seq or 0))
    except ValueError:
        raise CommandFailed(f"{text!r} is no place that an export has named.", USAGE) from None
