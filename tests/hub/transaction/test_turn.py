"""What a turn records."""

from hub.audit import Phase, body
from hub.errors import ConfirmationInvalid
from hub.transaction.state import DraftState
from hub.transaction.turn import begun_entry, entry_of, unchanged
from tests.hub.transaction.life import CALL, CONVERSATION, Life, begin_life


def test_the_audit_names_the_step_and_nobody(confirmed: Life) -> None:
    sight = confirmed.sight()
    move = confirmed.commits()
    entry = entry_of(sight, move, CALL, "commit_transaction", "customer:9f")
    assert (entry.state_before, entry.state_after) == ("confirmed", "committing")
    assert (entry.actor, entry.tool, entry.decision) == ("ai:1", "commit_transaction", "commit")
    assert (entry.draft_id, entry.consent_id) == (confirmed.draft.id, confirmed.draft.consent_id)
    assert entry.phase is Phase.INTENT
    assert entry.conversation_id == CONVERSATION
    assert "Two chairs" not in body(entry)
    assert "cust-1" not in body(entry)


def test_a_beginning_is_recorded_before_the_back_end_is_asked() -> None:
    draft = begin_life().draft
    entry = begun_entry(draft, CALL, "create_transaction_draft", "customer:9f")
    assert (entry.phase, entry.state_before, entry.state_after) == (Phase.INTENT, None, "creating")
    assert entry.args_redacted == {"amount": "60.00", "currency": "USD"}


def test_nothing_is_nothing(life: Life) -> None:
    problem = ConfirmationInvalid()
    move = unchanged(life.sight(), "denied", problem)
    assert (move.draft, move.problem) == (life.draft, problem)
    assert move.draft.state is DraftState.AWAITING_CONFIRMATION
