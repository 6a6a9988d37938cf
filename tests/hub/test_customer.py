"""Which of a customer's conversations goes on."""

from datetime import UTC, datetime

import pytest

from hub.conversation.state import CustomerCard, Status
from hub.customer import Beginning
from hub.ids import uuid7

CARD = CustomerCard(uuid7(), "Maria", None, datetime(2026, 1, 5, tzinfo=UTC))


@pytest.mark.parametrize("status", Status)
def test_what_is_not_closed_goes_on(status: Status) -> None:
    last = uuid7()
    expected = None if status is Status.CLOSED else last
    assert Beginning(CARD, (), last, status, None).live_id == expected


def test_nothing_goes_on_where_there_was_nothing() -> None:
    assert Beginning(CARD, (), None, None, None).live_id is None
