"""`hub audit`: the record of what was done outside in customers' names, verified and exported without the API."""

import json
import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from hub.commands.exits import FAILED, OK, USAGE, CommandFailed
from hub.commands.files import Place, data_directory, load_config, located
from hub.commands.output import json_option, json_result, result, talk

if TYPE_CHECKING:
    from hub.audit_chain import Break, Checkpoint, Row, Verified

STRETCH = 10_000
"""Rows between two words about how far it is."""

PAGE = 1000

MEANING = {
    "missing": "there is no such row, but there are later ones",
    "changed": "it does not follow from the row before it",
    "rewritten": "it is not what was signed; it or rows before it were made anew",
    "truncated": "it was there, and with all after it is not",
    "bad_signature": "the checkpoint of it was not signed with its key",
    "unknown_key": "the checkpoint of it was signed with a key that is not trusted (audit.dir, audit.trusted_keys)",
}


@click.group()
def audit() -> None:
    """Verify and export the record of what was done outside.

    Example: hub audit verify
    """


@audit.command()
@click.option("--from", "first", type=click.IntRange(1), default=1, help="The first row; the one before is believed.")
@click.option(
    "--checkpoint",
    "checkpoints",
    multiple=True,
    metavar="SEQ:HASH",
    help="What a log line said when it was signed; may be given several times.",
)
@json_option
@located
def verify(place: Place, first: int, checkpoints: tuple[str, ...], as_json: bool) -> int:
    """Look at the record from end to end: exit code 1, and the first bad row, when it was tampered with.

    Example: hub audit verify --checkpoint 1200:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    """
    from hub.commands.database import on_database

    known, keys = dict(_known(text) for text in checkpoints), _keys(place, make=False)
    found = on_database(place, lambda database: _verified(database, keys, known, first))
    if as_json:
        json_result(_shown(found))
    else:
        result(_sentence(found))
    return OK if found.broken is None else FAILED


def _known(text: str) -> tuple[int, bytes]:
    seq, _, digest = text.partition(":")
    try:
        number, known = int(seq), bytes.fromhex(digest)
    except ValueError:
        number, known = 0, b""
    if number < 1 or len(known) != 32:
        raise CommandFailed(f"{text!r} is not SEQ:HASH, such as 1200 and 64 hexadecimal digits.", USAGE)
    return number, known


async def _verified(database: Any, keys: Any, known: dict[int, bytes], first: int) -> "Verified":
    """Stretch by stretch; how far it is, is said on a terminal."""
    from hub.audit_chain import Verified
    from storage.audit import Audit
    from storage.audit_verification import AuditVerifier

    verifier, begun, checkpoints = AuditVerifier(Audit(database), keys, known), first, 0
    started = time.monotonic()
    while True:
        found = await verifier.verify(begun, STRETCH)
        checkpoints += found.checkpoints
        if found.broken is not None or found.complete:
            return Verified(first, found.last, found.head, checkpoints, found.complete, found.broken)
        begun = found.last + 1
        if time.monotonic() - started > 1 and os.isatty(2):
            talk(f"{found.last} of {found.head} rows")


def _sentence(found: "Verified") -> str:
    if found.broken is None:
        rows = f"rows {found.first} to {found.last}" if found.last >= found.first else "no rows"
        return f"The audit is whole: {rows}, {found.checkpoints} checkpoints."
    broken = found.broken
    vouched = (
        f"A signature vouches for rows up to {broken.since}." if broken.since else "No signature vouches before it."
    )
    return f"Row {broken.seq} is the first bad one: {MEANING[broken.flaw.value]}. {vouched}"


def _shown(found: "Verified") -> dict[str, object]:
    broken: Break | None = found.broken
    return {
        "whole": broken is None,
        "first": found.first,
        "last": found.last,
        "head": found.head,
        "checkpoints": found.checkpoints,
        "broken": {"seq": broken.seq, "flaw": broken.flaw.value, "since": broken.since} if broken else None,
    }


@audit.command()
@click.option("--from", "first", type=click.IntRange(1), default=1, help="The first row.")
@click.option("--to", "last", type=click.IntRange(1), default=2**53, help="The last row.")
@located
def export(place: Place, first: int, last: int) -> None:
    """Print the rows, one JSON object per line, exactly as they are hashed, with the checkpoints among them.

    Example: hub audit export --from 1200 > audit.jsonl
    """
    from hub.commands.database import on_database

    on_database(place, lambda database: _exported(database, first, last))


async def _exported(database: Any, first: int, last: int) -> None:
    from storage.audit import Audit

    store, after = Audit(database), first - 1
    while rows := [row for row in await store.rows(after, PAGE) if row.seq <= last]:
        signed = {at.mark.seq: at for at in await store.checkpoints(after, rows[-1].seq)}
        for line in _lines(rows, signed):
            result(line)
        after = rows[-1].seq


def _lines(rows: "list[Row]", signed: "dict[int, Checkpoint]") -> Iterator[str]:
    for row in rows:
        yield _json({"seq": row.seq, "stream": row.stream, "hash": row.hash.hex(), "body": row.body})
        if at := signed.get(row.seq):
            checkpoint = {"statement": at.statement.decode(), "key": at.key_id, "signature": at.signature.hex()}
            yield _json({"checkpoint": checkpoint})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@audit.command()
@located
def key(place: Place) -> None:
    """Print the public half of the key that signs, for audit.trusted_keys of another replica.

    Example: hub audit key
    """
    result(_keys(place, make=True).public)


def _keys(place: Place, *, make: bool) -> Any:
    """The keys of the place. With `make` missing ones are made, as the server does. Raises CommandFailed."""
    from storage.audit_keys import SIGNING, AuditKeys

    config = load_config(place, os.environ).config
    directory = data_directory(place, config) / config.audit.dir
    if not make and not (directory / SIGNING).exists() and not config.audit.trusted_keys:
        raise CommandFailed(f"There is no key in {directory}: nothing could be said of signatures. Use --data.")
    return AuditKeys.load(directory, config.audit.trusted_keys)
