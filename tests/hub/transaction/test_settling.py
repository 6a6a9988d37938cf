"""What became of a commit (threats T43 to T45): an answer, a look, or nobody knows."""

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from hub.audit import Phase
from hub.dead_letter import LetterKind
from hub.errors import DraftStateConflict
from hub.integration.transaction import DraftState as ProviderState
from hub.integration.transaction import ProviderCommit
from hub.transaction.creation import lost
from hub.transaction.duty import Duty, duty_of
from hub.transaction.settling import Look, Result, given_up, look, looking, result_of, settled
from hub.transaction.state import Trigger
from tests.hub.transaction.life import NOON, RULES, Life, begin_life, told


@pytest.fixture
def sent(confirmed: Life) -> Life:
    """A draft that is being committed."""
    confirmed.commits()
    return confirmed


def settles(life: Life, result: Result) -> None:
    life.take(lambda sight: settled(sight, result, RULES))


def test_the_back_ends_word_is_the_end(sent: Life) -> None:
    settles(sent, result_of(sent.draft, ProviderCommit("tx-1", Decimal("60.00"), "USD")))
    assert (sent.state, sent.draft.transaction_id, sent.draft.due) == ("committed", "tx-1", None)
    assert sent.moves[-1].phase is Phase.OUTCOME


@pytest.mark.parametrize("wrong", [{"amount": Decimal("60.01")}, {"currency": "EUR"}])
def test_another_amount_than_was_agreed_is_for_a_person(sent: Life, wrong: dict[str, Any]) -> None:
    settles(sent, result_of(sent.draft, evolve(ProviderCommit("tx-1"), **wrong)))
    assert (sent.state, sent.draft.reason) == ("commit_unknown", "commit_mismatch")


def test_a_refusal_is_a_failure(sent: Life) -> None:
    settles(sent, Result(trigger=Trigger.REFUSED, reason="refused", provider_status=422))
    assert (sent.state, sent.moves[-1].provider_status) == ("failed", 422)


def test_without_an_answer_it_is_looked_for_and_never_given_up_as_failed(sent: Life) -> None:
    settles(sent, Result(trigger=Trigger.LOST))
    looked_at = []
    while duty_of(sent.draft, RULES.patience) is Duty.LOOK:
        assert sent.draft.due is not None
        sent.now = sent.draft.due
        looked_at.append((sent.now - NOON).total_seconds())
        sent.take(lambda sight: looking(sight, RULES))
        settles(sent, Result(trigger=Trigger.LOST))
    assert looked_at == [2, 5, 15, 60, 300, 600, 900]
    assert duty_of(sent.draft, RULES.patience) is Duty.GIVE_UP
    move = sent.take(lambda sight: given_up(sight, RULES))
    assert sent.state == "manual_review"
    assert move.letter is not None
    assert (move.letter.kind, move.letter.operation, move.letter.attempts) == (LetterKind.REVIEW, "commit_draft", 7)
    assert move.letter.idempotency_key == str(sent.draft.key_commit)
    settles(sent, Result(trigger=Trigger.DONE, transaction_id="tx-9"))
    assert sent.state == "committed"


def test_a_late_answer_is_taken_while_it_is_looked_for_and_not_after(sent: Life) -> None:
    settles(sent, Result(trigger=Trigger.LOST))
    settles(sent, Result(trigger=Trigger.DONE, transaction_id="tx-1"))
    assert sent.state == "committed"
    with pytest.raises(DraftStateConflict):
        settles(sent, Result(trigger=Trigger.REFUSED))


@pytest.mark.parametrize(
    ("says", "leads_to"),
    [
        ({"state": ProviderState.COMMITTED, "transaction_id": "tx-1"}, Look.DONE),
        ({"state": ProviderState.COMMITTED}, Look.AGAIN),
        ({"state": ProviderState.OPEN}, Look.AGAIN),
        ({"state": ProviderState.UNKNOWN}, Look.AGAIN),
        ({"state": ProviderState.FAILED}, Look.OVER),
        ({"state": ProviderState.CANCELLED}, Look.OVER),
        ({"state": ProviderState.EXPIRED}, Look.OVER),
        ({"state": ProviderState.COMMITTED, "transaction_id": "tx-1", "amount": Decimal(1)}, Look.WRONG),
    ],
)
def test_a_look_at_the_back_ends_draft(says: dict[str, Any], leads_to: Look) -> None:
    draft = begin_life().draft
    assert look(draft, told(draft, **says)) is leads_to


def test_of_a_draft_that_nobody_found_nothing_comes() -> None:
    life = begin_life()
    life.take(lambda sight: lost(sight, RULES))
    move = life.take(lambda sight: given_up(sight, RULES))
    assert life.state == "create_failed"
    assert move.letter is not None
    assert move.letter.operation == "create_draft"
