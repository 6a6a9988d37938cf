"""Reads that failed are put down, and the caller hears of the failure all the same."""

from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from hub.ai.toolbox import SEARCH_TICKETS
from hub.ai.work import Done, Work
from hub.dead_letter import LetterKind, NewLetter
from hub.errors import CircuitOpen, HubError, IntegrationError, IntegrationTimeout, Unavailable
from hub.integration.call import Call
from web.ai.failed_reads import KeptFailures

CALL, CONVERSATION = UUID(int=1), UUID(int=2)
WORK = Work(Call(CALL, "ai:1"), cast(Any, SimpleNamespace(conversation_id=CONVERSATION)), {}, 0.0)


class Box:
    """Keeps letters; or is away."""

    def __init__(self, *, away: bool = False) -> None:
        self.letters: list[NewLetter] = []
        self.away = away

    async def put(self, letter: NewLetter) -> UUID:
        if self.away:
            raise Unavailable
        self.letters.append(letter)
        return UUID(int=9)


def failing(error: HubError | None, box: Box) -> KeptFailures:
    async def handler(work: Work) -> Done:
        if error is not None:
            raise error
        return Done({})

    return KeptFailures(SEARCH_TICKETS, handler, box)


@pytest.mark.parametrize("kind", [IntegrationError, IntegrationTimeout])
async def test_a_failure_is_put_down_and_passed_on(kind: type[IntegrationError] | type[IntegrationTimeout]) -> None:
    box, error = Box(), kind()
    error.provider_status, error.attempts = 503, 3
    with pytest.raises(kind):
        await failing(error, box)(WORK)
    (letter,) = box.letters
    assert (letter.integration, letter.operation, letter.kind) == ("ticketing", "search_tickets", LetterKind.READ)
    assert (letter.ref_id, letter.conversation_id, letter.problem) == (CALL, CONVERSATION, error.code)
    assert (letter.provider_status, letter.attempts, dict(letter.payload)) == (503, 3, {})


async def test_what_was_not_asked_is_no_failure() -> None:
    box = Box()
    with pytest.raises(CircuitOpen):
        await failing(CircuitOpen(), box)(WORK)
    assert await failing(None, box)(WORK) == Done({})
    assert box.letters == []


async def test_without_a_database_the_failure_is_passed_on_all_the_same() -> None:
    with pytest.raises(IntegrationError):
        await failing(IntegrationError(), Box(away=True))(WORK)
