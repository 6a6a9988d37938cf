"""Answers are believed for a moment, asked for once, and forgotten when told."""

import asyncio

import pytest

from hub.errors import Unavailable
from web.recent import Recent


class Asked:
    """Doubles a number, and counts how often it was asked."""

    def __init__(self) -> None:
        self.times, self.down, self.now = 0, False, 0.0

    async def __call__(self, number: int) -> int:
        self.times += 1
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable
        return 2 * number


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def recent(asked: Asked) -> Recent[int, int]:
    return Recent(asked, 1.0, most=3, clock=lambda: asked.now)


async def test_many_ask_once_until_it_is_old(recent: Recent[int, int], asked: Asked) -> None:
    assert await asyncio.gather(*(recent.get(4) for _ in range(20))) == [8] * 20
    asked.now = 1.0
    await recent.get(4)
    assert asked.times == 1
    asked.now = 1.1
    await recent.get(4)
    assert asked.times == 2


async def test_what_is_forgotten_is_asked_again(recent: Recent[int, int], asked: Asked) -> None:
    await recent.get(1)
    recent.forget(1)
    recent.forget(2)
    await recent.get(1)
    assert asked.times == 2


async def test_a_failure_is_everybodys_and_is_not_kept(recent: Recent[int, int], asked: Asked) -> None:
    asked.down = True
    failed = await asyncio.gather(recent.get(1), recent.get(1), return_exceptions=True)
    assert [type(failure) for failure in failed] == [Unavailable, Unavailable]
    assert asked.times == 1
    asked.down = False
    assert await recent.get(1) == 2


async def test_who_leaves_takes_nothing_from_the_others(recent: Recent[int, int], asked: Asked) -> None:
    first, second = asyncio.create_task(recent.get(1)), asyncio.create_task(recent.get(1))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 2
    assert asked.times == 1


async def test_the_oldest_is_forgotten_above_the_limit(recent: Recent[int, int], asked: Asked) -> None:
    for number in (1, 2, 3, 4, 2, 1):
        await recent.get(number)
    assert asked.times == 5


async def test_a_crowds_answers_do_not_stay(asked: Asked) -> None:
    recent = Recent(asked, 1.0, clock=lambda: asked.now)
    for number in range(20):
        await recent.get(number)
    asked.now = 2.0
    for number in range(20):
        await recent.get(100 + number)
    assert len(recent) == 20
