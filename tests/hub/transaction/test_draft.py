"""A draft's own questions about itself."""

import pytest
from attrs import evolve

from hub.transaction.draft import Asked
from hub.transaction.state import DraftState
from tests.hub.transaction.life import PROMPT, begin_life


@pytest.mark.parametrize(("state", "open_"), [(DraftState.COMMITTING, True), (DraftState.COMMITTED, False)])
def test_it_is_open_until_it_ends(state: DraftState, open_: bool) -> None:
    assert evolve(begin_life().draft, state=state).open is open_


def test_a_prompt_is_pending_until_it_is_sent() -> None:
    assert Asked("n", "c").pending
    assert not Asked("n", "c", 1, (PROMPT,)).pending
    assert Asked("n", "c", 2, (PROMPT,)).pending


def test_each_call_has_a_key_of_its_own() -> None:
    draft = begin_life().draft
    assert len({draft.key_create, draft.key_commit, draft.key_cancel}) == 3
    assert draft.key_cancel == begin_life().draft.key_cancel
