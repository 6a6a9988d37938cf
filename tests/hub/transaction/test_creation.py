"""What the back end's answer to a new draft means."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from hub.audit import Phase
from hub.errors import DraftStateConflict, IntegrationError, Invalid
from hub.integration.call import Call
from hub.integration.transaction import DraftState as ProviderState
from hub.money import Money
from hub.transaction.creation import Fresh, Wish, begun, lost, refused, request_of
from hub.transaction.state import DraftState
from hub.transaction.terms import unchanged
from tests.hub.transaction.life import CALL, CUSTOMER, NOON, RULES, begin_life

FRESH = Fresh(UUID(int=1), UUID(int=2), UUID(int=3), "n" * 32, "123456")


@pytest.mark.parametrize("description", ["", "  \n", "x" * 501])
def test_what_the_customer_cannot_be_shown_is_refused(description: str) -> None:
    wish = Wish(CUSTOMER, "ref", Money(1, "USD"), description)
    with pytest.raises(Invalid):
        begun(CALL, wish, FRESH, 1, NOON, RULES)


def test_a_draft_belongs_to_a_conversation() -> None:
    with pytest.raises(Invalid):
        begun(Call(UUID(int=1), "ai:1"), Wish(CUSTOMER, "ref", Money(1, "USD"), "x"), FRESH, 1, NOON, RULES)


def test_the_back_end_is_asked_for_the_same() -> None:
    request = request_of(begin_life(Money(145_000, "JPY")).draft)
    assert (request.customer_ref, request.amount, request.currency) == ("cust-1", Decimal(145_000), "JPY")


def test_what_was_made_as_asked_is_put_to_the_customer() -> None:
    life = begin_life()
    move = life.made()
    assert (life.draft.state, life.draft.external_id) == (DraftState.AWAITING_CONFIRMATION, "ext-1")
    assert unchanged(life.draft, life.draft.terms)
    assert life.draft.due == NOON
    assert (move.problem, move.phase) == (None, Phase.OUTCOME)


def test_what_the_back_end_does_not_tell_is_no_difference() -> None:
    life = begin_life()
    life.made(amount=None, currency=None, customer_ref=None)
    assert life.state == DraftState.AWAITING_CONFIRMATION


@pytest.mark.parametrize(
    "other",
    [
        {"amount": Decimal("60.01")},
        {"amount": Decimal("600.00")},
        {"currency": "EUR"},
        {"customer_ref": "cust-2"},
        {"state": ProviderState.CANCELLED},
        {"state": ProviderState.COMMITTED},
    ],
)
def test_another_draft_than_was_asked_for_is_never_shown(other: dict[str, Any]) -> None:
    life = begin_life()
    move = life.made(**other)
    assert life.state == DraftState.CREATE_FAILED
    assert life.draft.withdraw
    assert isinstance(move.problem, IntegrationError)
    assert move.problem.extra == {"reason": "draft_mismatch"}
    assert move.letter is not None


def test_a_refusal_is_an_end() -> None:
    life = begin_life()
    problem = IntegrationError()
    problem.provider_status = 422
    move = life.take(lambda sight: refused(sight, problem, RULES))
    assert (life.draft.state, move.problem, move.provider_status) == (DraftState.CREATE_FAILED, problem, 422)
    assert life.draft.due is None


def test_without_an_answer_it_is_looked_for() -> None:
    life = begin_life()
    life.take(lambda sight: lost(sight, RULES))
    assert life.state == DraftState.CREATE_UNKNOWN
    assert life.draft.search.since == NOON
    assert life.draft.due is not None
    assert life.draft.due > NOON
    life.made()
    assert life.state == DraftState.AWAITING_CONFIRMATION


def test_an_answer_to_what_has_ended_changes_nothing() -> None:
    life = begin_life(state=DraftState.CANCELLED)
    with pytest.raises(DraftStateConflict):
        life.made()
