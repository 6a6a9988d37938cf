"""Doing dead letters again, with a queue in memory."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from actors import redrive
from actors.redrive import Redrive
from hub.dead_letter import DeadLetter, Settled, Step
from hub.errors import CircuitOpen, IntegrationError, Unavailable
from hub.ids import uuid7

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def letter(operation: str = "commit_draft") -> DeadLetter:
    return DeadLetter(
        integration="transaction_create", operation=operation, kind="write", problem="integration_timeout",
        id=uuid7(), state="redriving", times=1, first_at=NOW, last_at=NOW,
    )  # fmt: skip


class Queue:
    """What waits, and how each ended."""

    def __init__(self, *letters: DeadLetter) -> None:
        self.waiting = list(letters)
        self.settled: list[Settled] = []
        self.stopped: list[str] = []
        self.away = 0

    async def take(self) -> DeadLetter | None:
        if self.away:
            self.away -= 1
            raise Unavailable
        return self.waiting.pop(0) if self.waiting else None

    async def settle(self, letter_id: Any, settled: Settled) -> None:
        self.settled.append(settled)

    async def stop(self, integration: str) -> int:
        self.stopped.append(integration)
        count = len(self.waiting)
        self.waiting.clear()
        return count


class Hands:
    """Does letters again as the answers say."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.ended: list[tuple[str, Step]] = []

    async def __call__(self, letter: DeadLetter) -> Step:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            await asyncio.sleep(3600)
        return Step(answer)

    def of(self, queue: Queue) -> Redrive:
        known = {("transaction_create", "commit_draft"): self}
        return Redrive(queue, known, 0.01, lambda integration, step: self.ended.append((integration, step)))


async def test_letters_are_done_again_one_after_the_other() -> None:
    queue, hands = Queue(letter(), letter(), letter()), Hands(Step.DONE, Step.UNWANTED, IntegrationError("no"))
    job = hands.of(queue)
    assert [await job.one() for _ in range(4)] == [True, True, True, False]
    assert queue.settled == [Settled(Step.DONE), Settled(Step.UNWANTED), Settled(Step.FAIL, "integration_error")]
    assert [step for _, step in hands.ended] == [Step.DONE, Step.UNWANTED, Step.FAIL]


async def test_an_open_circuit_stops_the_queue() -> None:
    queue, hands = Queue(letter(), letter(), letter()), Hands(CircuitOpen())
    job = hands.of(queue)
    assert [await job.one(), await job.one()] == [True, False]
    assert queue.settled == [Settled(Step.FAIL, "integration_circuit_open")]
    assert queue.stopped == ["transaction_create"]


async def test_what_nobody_can_do_is_dead_again() -> None:
    queue, hands = Queue(letter("something_else")), Hands()
    await hands.of(queue).one()
    assert queue.settled == [Settled(Step.FAIL, "unavailable")]


async def test_one_that_takes_too_long_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redrive, "LONGEST", 0.01)
    queue, hands = Queue(letter()), Hands(None)
    await hands.of(queue).one()
    assert queue.settled == [Settled(Step.FAIL, "integration_timeout")]


async def test_it_goes_on_when_the_database_is_back() -> None:
    queue, hands = Queue(letter()), Hands(Step.DONE)
    queue.away = 2
    task = asyncio.create_task(hands.of(queue).run())
    async with asyncio.timeout(5):
        while not queue.settled:
            await asyncio.sleep(0.01)
    task.cancel()
    assert queue.settled == [Settled(Step.DONE)]
