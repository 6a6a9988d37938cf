"""`hub dlq`: dead letters, without the API. What is to be done again is queued; a running hub does it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import attrs
import click

from hub.clock import rfc3339
from hub.commands.exits import NOT_FOUND, USAGE, CommandFailed
from hub.commands.files import Place, located
from hub.commands.output import json_option, json_result, result, table, talk
from hub.dead_letter import REDRIVES_PER_SECOND, DeadLetter, DeadLetters, LetterKind, LetterState, Which

T = TypeVar("T")

BY = "command"
_PAGE = 200


@click.group()
def dlq() -> None:
    """See what was given up at a back end, have it done again, or discard it.

    Example: hub dlq list --state dead
    """


@dlq.command("list")
@click.option("--integration", help="Only of this one, such as transaction_create.")
@click.option("--kind", type=click.Choice([kind.value for kind in LetterKind]), help="Only of this kind.")
@click.option("--state", type=click.Choice([state.value for state in LetterState]), help="Only in this state.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=_PAGE, show_default=True, help="At most so many.")
@json_option
@located
def list_(
    place: Place, integration: str | None, kind: str | None, state: str | None, limit: int, as_json: bool
) -> None:
    """List dead letters, the newest first.

    Example: hub dlq list --integration transaction_create --json
    """
    which = Which(integration, None, LetterKind(kind) if kind else None, LetterState(state) if state else None)

    async def work(letters: DeadLetters) -> list[DeadLetter]:
        return await letters.page(which, None, limit)

    found = _run(place, work)
    if as_json:
        json_result([_shown(letter) for letter in found])
    else:
        rows = [_line(letter) for letter in found]
        result(table(rows, ("ID", "STATE", "KIND", "INTEGRATION", "OPERATION", "PROBLEM", "TRIED", "LAST")))


@dlq.command()
@click.argument("id")
@json_option
@located
def show(place: Place, id: str, as_json: bool) -> None:
    """Show one dead letter with all that is known of it.

    Example: hub dlq show 0190b5a4-7d3e-7c11-9a52-3f6f1f0f8e21
    """
    wanted = _id(id)

    async def work(letters: DeadLetters) -> DeadLetter | None:
        return await letters.find(wanted)

    letter = _run(place, work)
    if letter is None:
        raise CommandFailed(f"There is no dead letter {wanted}.", NOT_FOUND)
    shown = _shown(letter)
    if as_json:
        json_result(shown)
    else:
        result("\n".join(f"{name:<16} {'' if value is None else value}".rstrip() for name, value in shown.items()))


@dlq.command()
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All dead ones, or all that the options name.")
@click.option("--integration", help="With --all: only of this one.")
@click.option(
    "--rate",
    type=click.IntRange(1, REDRIVES_PER_SECOND),
    default=REDRIVES_PER_SECOND,
    show_default=True,
    help="With --all: so many a second.",
)
@json_option
@located
def redrive(
    place: Place, ids: tuple[str, ...], everything: bool, integration: str | None, rate: int, as_json: bool
) -> None:
    """Have dead letters done again, under the idempotency keys they had. A running hub does it.

    Example: hub dlq redrive --all --integration transaction_create --rate 5
    """
    if bool(ids) is everything:
        raise CommandFailed("Name letters, or --all.", USAGE)
    wanted = [_id(id) for id in ids]

    async def work(letters: DeadLetters) -> dict[str, int]:
        if everything:
            return await letters.redrive_all(Which(integration), BY, rate)
        queued: dict[str, int] = {}
        for each in wanted:
            letter = await letters.redrive(each, BY)
            queued[letter.integration] = queued.get(letter.integration, 0) + 1
        return queued

    queued = _run(place, work)
    if as_json:
        json_result({"queued": queued})
    else:
        talk("Queued: " + (", ".join(f"{count} of {name}" for name, count in queued.items()) or "nothing") + ".")


@dlq.command()
@click.argument("id")
@located
def discard(place: Place, id: str) -> None:
    """Discard a dead letter: it stays to be seen for 30 days, and is not done again.

    Example: hub dlq discard 0190b5a4-7d3e-7c11-9a52-3f6f1f0f8e21
    """
    wanted = _id(id)

    async def work(letters: DeadLetters) -> DeadLetter:
        return await letters.discard(wanted, BY)

    _run(place, work)
    talk(f"The letter {wanted} is discarded.")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise CommandFailed(f"{text!r} is not the id of a dead letter. See: hub dlq list", USAGE) from None


def _line(letter: DeadLetter) -> tuple[str, ...]:
    tried, last = str(letter.attempts), f"{letter.last_at:%Y-%m-%d %H:%M}"
    about = (letter.state.value, letter.kind.value, letter.integration, letter.operation, letter.problem)
    return (str(letter.id), *about, tried, last)


def _shown(letter: DeadLetter) -> dict[str, Any]:
    first = ("id", "state", "integration", "operation", "kind", "problem")
    names = (*first, *(field.name for field in attrs.fields(DeadLetter) if field.name not in first))
    return {name: _plain(getattr(letter, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    return str(value) if isinstance(value, UUID) else value


def _run(place: Place, work: Callable[[DeadLetters], Awaitable[T]]) -> T:
    from hub.commands.database import on_database
    from storage.dead_letter import DeadLetterStore

    return on_database(place, lambda database: work(DeadLetterStore(database)))
