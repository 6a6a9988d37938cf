"""What a model is shown of the outside: chosen fields, cut to a bound, and the words of strangers set apart.

A back end's texts are hostile until proved otherwise, and nothing proves it: characters that are not seen are taken
out, so that no instruction hides in them, and every text says that it is not to be trusted.
"""

import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

import orjson

from hub.ai.results import MOST_TICKETS
from hub.clock import rfc3339
from hub.integration.call import Fetched
from hub.integration.ticket import Ticket
from hub.integration.transaction import Transaction

T = TypeVar("T")

MOST_BYTES = 16 * 1024
"""Bytes of a result as JSON; above it the oldest tickets are left out."""

MOST_TEXT = 2000
"""Characters of a text; the rest is cut off."""

MOST_SUBJECT = 300
MOST_ID = 128

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_KEPT = frozenset("\n\t")


def visible(text: str, most: int = MOST_TEXT) -> tuple[str, bool]:
    """The text without characters that are not seen, at most so long; and whether something was cut off."""
    seen = "".join(c for c in text[: 4 * most] if c in _KEPT or unicodedata.category(c) not in _UNSEEN)
    return seen[:most], len(seen) > most or len(text) > 4 * most


def untrusted(text: str, most: int = MOST_TEXT) -> dict[str, Any]:
    """A stranger's words."""
    seen, cut = visible(text, most)
    return {"untrusted_text": seen, "truncated": cut}


def tickets(found: Fetched[tuple[Ticket, ...]]) -> dict[str, Any]:
    """A result of `search_tickets`: the newest tickets, as many as there is room for."""
    newest = sorted(found.value, key=lambda ticket: (ticket.created_at is not None, ticket.created_at), reverse=True)
    shown = [_ticket(ticket) for ticket in newest[:MOST_TICKETS]]
    kept = _fitting(shown, MOST_BYTES - 512)
    return {"tickets": kept, "truncated": len(kept) < len(newest), **_fetched(found)}


def transaction(found: Fetched[Transaction]) -> dict[str, Any]:
    """A result of `get_transaction_status`."""
    return {"transaction": _transaction(found.value), **_fetched(found)}


def _ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "id": visible(ticket.id, MOST_ID)[0],
        "status": ticket.status.value,
        "subject": untrusted(ticket.subject, MOST_SUBJECT),
        "description": untrusted(ticket.description),
        "created_at": rfc3339(ticket.created_at) if ticket.created_at else None,
        "updated_at": rfc3339(ticket.updated_at) if ticket.updated_at else None,
    }


def _transaction(transaction: Transaction) -> dict[str, Any]:
    return {
        "id": visible(transaction.id, MOST_ID)[0],
        "status": transaction.status.value,
        "amount": {"amount": plain(transaction.amount), "currency": transaction.currency},
        "description": untrusted(transaction.description),
        "created_at": rfc3339(transaction.created_at) if transaction.created_at else None,
    }


def plain(amount: Decimal) -> str:
    """An amount without an exponent, with the digits that the back end gave."""
    return f"{amount:f}"


def _fetched(found: Fetched[Any]) -> dict[str, Any]:
    return {"as_of": rfc3339(found.as_of), "cached": found.cached, "stale": found.stale}


def _fitting(shown: Sequence[dict[str, Any]], room: int) -> list[dict[str, Any]]:
    """The first ones that fit into so many bytes."""
    kept = []
    for each in shown:
        room -= len(orjson.dumps(each)) + 1
        if room < 0:
            break
        kept.append(each)
    return kept
