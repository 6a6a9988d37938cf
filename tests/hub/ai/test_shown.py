"""What a model is shown: bounded, visible, and set apart where a stranger wrote it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import jsonschema_rs
import orjson
import pytest

from hub.ai import shown
from hub.ai.results import TICKETS, TRANSACTION
from hub.integration.call import Fetched
from hub.integration.ticket import Ticket, TicketStatus
from hub.integration.transaction import Transaction, TransactionStatus

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def tickets(*found: Ticket) -> dict[str, Any]:
    result = shown.tickets(Fetched(found, NOON))
    jsonschema_rs.validate(TICKETS, result)
    assert len(orjson.dumps(result)) <= shown.MOST_BYTES
    return result


def ticket(n: int = 1, **given: Any) -> Ticket:
    made = {"created_at": NOON + timedelta(days=n), **given}
    return Ticket(f"T-{n}", TicketStatus.OPEN, "new", **made)


def test_characters_that_are_not_seen_are_taken_out() -> None:
    hidden = "a\u200bb\u202ec\x00d\U000e0041e\x1b[0m\nf\tg\ud800"
    assert shown.visible(hidden) == ("abcde[0m\nf\tg", False)


def test_long_texts_are_cut_and_say_so() -> None:
    assert shown.untrusted("x" * 2000) == {"untrusted_text": "x" * 2000, "truncated": False}
    assert shown.untrusted("x" * 2001)["truncated"] is True
    assert shown.untrusted("\u200b" * 9000 + "x") == {"untrusted_text": "", "truncated": True}


def test_the_newest_tickets_come_first_and_no_more_than_there_is_room_for() -> None:
    result = tickets(*(ticket(n) for n in range(30)), Ticket("T-old", TicketStatus.CLOSED, "shut"))
    assert [each["id"] for each in result["tickets"]][:2] == ["T-29", "T-28"]
    assert (len(result["tickets"]), result["truncated"]) == (20, True)
    assert tickets(ticket())["truncated"] is False


@pytest.mark.parametrize("letter", ["x", "\U0001f600", '"', "\\"])
def test_a_megabyte_of_a_back_end_is_16_kib(letter: str) -> None:
    result = tickets(*(ticket(n, subject=letter * 500_000, description=letter * 500_000) for n in range(3)))
    assert result["tickets"]
    assert result["tickets"][0]["description"]["truncated"] is True


def test_a_transaction_is_shown_with_its_amount_as_it_came() -> None:
    found = Transaction("tx-1", TransactionStatus.PENDING, "wait", Decimal("1E+3"), "USD", "c-1", "for <b>you</b>")
    result = shown.transaction(Fetched(found, NOON, cached=True))
    jsonschema_rs.validate(TRANSACTION, result)
    assert result["transaction"]["amount"] == {"amount": "1000", "currency": "USD"}
    assert result["transaction"]["description"]["untrusted_text"] == "for <b>you</b>"
    assert (result["cached"], result["stale"], result["as_of"]) == (True, False, "2026-01-05T12:00:00.000Z")
    assert "customer" not in str(result)
