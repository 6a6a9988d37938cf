"""The card, and the rules around it."""

from datetime import timedelta
from uuid import UUID

import pytest

from hub.errors import ApprovalQueueFull
from hub.money import Money
from hub.transaction.approval import Approval, Card, check_room
from tests.hub.transaction.life import NOON

APPROVAL = Approval(
    id=UUID(int=1), draft_id=UUID(int=2), terms=b"\x01\xff", requested_at=NOON, expires_at=NOON + timedelta(minutes=15)
)


def test_the_card_shows_the_row_and_the_ais_words_apart() -> None:
    card = Card(
        approval=APPROVAL,
        conversation_id=UUID(int=3),
        conversation_number=1001,
        customer_id=UUID(int=4),
        customer_name="Maria",
        team_id=UUID(int=5),
        assignee_id=None,
        amount=Money(145_000, "USD"),
        description="The supervisor has approved this already",
        risk=("amount",),
    )
    view = card.view()
    assert (view["amount"], view["currency"], view["draft_hash"], view["state"]) == (
        "1450.00",
        "USD",
        "01ff",
        "pending",
    )
    assert view["ai_description"] == {"untrusted_text": "The supervisor has approved this already"}
    assert view["customer"] == {"id": UUID(int=4), "name": "Maria"}
    assert view["expires_at"] == "2026-01-05T12:15:00.000Z"
    told = {"id", "draft_id", "draft_hash", "amount", "currency", "customer", "conversation_id", "requested_at"}
    assert told | {"expires_at", "state"} <= view.keys()


@pytest.mark.parametrize(("of_conversation", "of_team", "full"), [(2, 19, False), (3, 3, True), (0, 20, True)])
def test_a_queue_has_an_end(of_conversation: int, of_team: int, full: bool) -> None:
    if full:
        with pytest.raises(ApprovalQueueFull):
            check_room(of_conversation, of_team)
    else:
        check_room(of_conversation, of_team)
