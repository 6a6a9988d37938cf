"""What the AI sees of a draft: money as text, and only the words meant for it."""

from datetime import UTC, datetime
from uuid import UUID

from hub.money import Money
from hub.transaction.answer import Confirmation, ConfirmationStatus, DraftAnswer
from hub.transaction.state import DraftState

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_draft_is_shown_with_its_confirmation() -> None:
    confirmation = Confirmation(ConfirmationStatus.CONFIRMED, "cft_x", AT)
    money = Money(145000, "USD")
    answer = DraftAnswer(UUID(int=1), UUID(int=2), UUID(int=3), DraftState.CONFIRMED, money, "Chair", AT, confirmation)
    assert answer.view() == {
        "draft_id": "00000000-0000-0000-0000-000000000001",
        "state": "confirmed",
        "amount": "1450.00",
        "currency": "USD",
        "description": "Chair",
        "expires_at": "2026-03-01T12:00:00.000Z",
        "confirmation": {
            "status": "confirmed",
            "confirmation_token": "cft_x",
            "expires_at": "2026-03-01T12:00:00.000Z",
        },
        "reason": None,
        "transaction_id": None,
    }


def test_without_an_answer_there_is_no_token() -> None:
    confirmation = Confirmation(ConfirmationStatus.ASKED)
    answer = DraftAnswer(
        UUID(int=1), UUID(int=2), UUID(int=3), DraftState.AWAITING_CONFIRMATION, Money(1, "JPY"), "", AT, confirmation
    )
    assert answer.view()["confirmation"] == {"status": "asked", "confirmation_token": None, "expires_at": None}
    assert answer.view()["amount"] == "1"
