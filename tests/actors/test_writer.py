"""The writer: batches, and nobody is answered before the commit."""

import asyncio
from typing import Any

import pytest

from actors import kinds, writer
from actors.kernel import MailboxFull
from actors.kernel.testkit import virtual, virtual_system
from hub.conversation.effects import Effects
from hub.errors import HubError, Unavailable
from hub.ids import uuid7
from hub.journal import Change, Committed, Outcome, Verdict


class Slow:
    """A journal that takes its time, and keeps what it was brought."""

    def __init__(self) -> None:
        self.batches: list[list[Change]] = []
        self.away = False
        self.poison: Change | None = None
        self.running = 0

    async def append(self, changes: Any) -> tuple[list[Outcome | HubError], list[Committed]]:
        self.running += 1
        assert self.running == 1, "two batches at once"
        await asyncio.sleep(0.01)
        self.running -= 1
        if self.away:
            raise Unavailable
        self.batches.append(list(changes))
        commits = [Committed(len(self.batches), tuple(c.effects.events)) for c in changes if c.effects.events]
        return [HubError() if c is self.poison else Outcome(Verdict.OK) for c in changes], commits


def change(events: int = 0) -> Change:
    return Change(uuid7(), Effects(events=[object()] * events))  # type: ignore[list-item]


@virtual
async def test_what_comes_while_a_batch_is_under_way_goes_together_with_the_next() -> None:
    journal, system = Slow(), virtual_system()
    system.register(writer.kind(journal, lambda committed: None))
    ref = system.ref(kinds.WRITER, 0)
    first = ref.ask_nowait(change(), timeout=5)
    await asyncio.sleep(0.001)
    answers = await asyncio.gather(first, *(ref.ask(change(), timeout=5) for _ in range(450)))
    assert all(answer.verdict is Verdict.OK for answer in answers)
    assert [len(batch) for batch in journal.batches] == [1, 200, 200, 50]


@virtual
async def test_a_batch_is_bounded_by_its_rows_too() -> None:
    journal, system = Slow(), virtual_system()
    system.register(writer.kind(journal, lambda committed: None))
    ref = system.ref(kinds.WRITER, 0)
    await asyncio.gather(*(ref.ask(change(events=999), timeout=5) for _ in range(9)), ref.ask(change(9_000), timeout=5))
    assert [len(batch) for batch in journal.batches] == [4, 4, 1, 1]


@virtual
async def test_events_are_published_in_order_before_anybody_is_answered() -> None:
    journal, system, told = Slow(), virtual_system(), list[object]()
    system.register(writer.kind(journal, told.append))
    ref = system.ref(kinds.WRITER, 0)
    for _ in range(3):
        answer = ref.ask_nowait(change(events=1), timeout=5)
        answer.add_done_callback(told.append)
        await answer
        await ref.ask(change(), timeout=5)
    assert [type(entry) for entry in told] == [Committed, asyncio.Future] * 3
    assert [entry.previous for entry in told if isinstance(entry, Committed)] == [1, 3, 5]


@virtual
async def test_an_error_of_one_change_is_its_own_and_a_missing_database_everybodys() -> None:
    journal, system = Slow(), virtual_system()
    system.register(writer.kind(journal, lambda committed: None))
    ref, poison = system.ref(kinds.WRITER, 0), change()
    journal.poison = poison
    answers: Any = await asyncio.gather(
        *(ref.ask(c, timeout=5) for c in (change(), poison, change())), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [Outcome, HubError, Outcome]
    journal.away = True
    answers = await asyncio.gather(*(ref.ask(change(), timeout=5) for _ in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable] * 3
    journal.away = False
    assert (await ref.ask(change(), timeout=5)).verdict is Verdict.OK


@virtual
async def test_more_than_may_wait_is_refused_at_once() -> None:
    journal, system = Slow(), virtual_system()
    system.register(writer.kind(journal, lambda committed: None))
    ref = system.ref(kinds.WRITER, 0)
    asks = [ref.ask_nowait(change(), timeout=60) for _ in range(writer.LIMIT)]
    with pytest.raises(MailboxFull):
        await ref.ask(change(), timeout=60)
    await asyncio.gather(*asks)
