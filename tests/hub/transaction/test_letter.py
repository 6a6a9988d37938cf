"""A letter about a draft holds references, and the key of the very call."""

import pytest

from hub.dead_letter import LetterKind
from hub.transaction.letter import letter_of
from tests.hub.transaction.life import begin_life

DRAFT = begin_life().draft


@pytest.mark.parametrize(
    ("operation", "kind", "key"),
    [
        ("create_draft", LetterKind.REVIEW, DRAFT.key_create),
        ("commit_draft", LetterKind.REVIEW, DRAFT.key_commit),
        ("cancel_draft", LetterKind.WRITE, DRAFT.key_cancel),
    ],
)
def test_it_names_the_draft_and_the_call(operation: str, kind: LetterKind, key: object) -> None:
    letter = letter_of(DRAFT, operation)
    assert (letter.kind, letter.ref_id, letter.idempotency_key) == (kind, DRAFT.id, str(key))
    assert letter.integration == "transaction_create"
    assert "Two chairs" not in str(letter.payload)
    assert "cust-1" not in str(letter.payload)
