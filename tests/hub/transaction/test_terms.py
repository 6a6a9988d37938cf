"""The hash of what is agreed to: the canonical JSON of RFC 8785, and every fact of the draft in it."""

import hashlib
from typing import Any

import pytest
import rfc8785
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from hub.money import Money
from hub.transaction.state import DraftState
from hub.transaction.terms import terms_of, unchanged
from tests.hub.transaction.life import begin_life

DRAFT = begin_life().draft


@given(st.text(max_size=50), st.integers(1, 2**53 - 1), st.text(max_size=20))
def test_it_is_that_of_the_canonical_json(description: str, minor: int, external_id: str) -> None:
    draft = evolve(DRAFT, description=description, amount=Money(minor, "USD"), external_id=external_id)
    facts: dict[str, str | int] = {
        "id": str(draft.id),
        "conversation_id": str(draft.conversation_id),
        "customer_id": str(draft.customer_id),
        "customer_ref": draft.customer_ref,
        "amount_minor": minor,
        "currency": "USD",
        "description": description,
        "external_id": external_id,
    }
    assert terms_of(draft) == hashlib.sha256(rfc8785.dumps({**facts})).digest()


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": Money(6001, "USD")},
        {"amount": Money(6000, "EUR")},
        {"description": "Two chair"},
        {"external_id": "ext-2"},
        {"customer_ref": "cust-2"},
        {"customer_id": DRAFT.id},
    ],
)
def test_whatever_is_changed_changes_it(changes: dict[str, Any]) -> None:
    assert not unchanged(evolve(DRAFT, **changes), terms_of(DRAFT))


def test_how_far_it_has_come_does_not() -> None:
    assert unchanged(evolve(DRAFT, state=DraftState.CONFIRMED, version=9, failures=3), terms_of(DRAFT))
    assert not unchanged(DRAFT, None)
