"""Questions of one moment are one query."""

import asyncio
from collections.abc import Sequence

import pytest

from hub.errors import Unavailable
from web.gathered import Gathered


class Numbers:
    """Answers with doubles, odd numbers not at all; keeps what it was asked."""

    def __init__(self) -> None:
        self.queries: list[list[int]] = []
        self.down = False

    async def __call__(self, keys: Sequence[int]) -> dict[int, int]:
        self.queries.append(list(keys))
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable
        return {key: key * 2 for key in keys if key % 2 == 0}


@pytest.fixture
def numbers() -> Numbers:
    return Numbers()


async def test_what_is_asked_at_once_is_one_query(numbers: Numbers) -> None:
    ask = Gathered(numbers)
    assert await asyncio.gather(*(ask(key) for key in (1, 2, 4, 2))) == [None, 4, 8, 4]
    assert numbers.queries == [[1, 2, 4]]
    assert await ask(2) == 4
    assert numbers.queries[1:] == [[2]]


async def test_what_comes_during_a_query_is_the_next_one(numbers: Numbers) -> None:
    ask = Gathered(numbers)
    first = asyncio.create_task(ask(2))
    while not numbers.queries:
        await asyncio.sleep(0)
    assert list(await asyncio.gather(ask(4), ask(6), ask(1))) == [8, 12, None]
    assert await first == 4
    assert numbers.queries == [[2], [4, 6, 1]]


async def test_a_query_is_of_a_bounded_number(numbers: Numbers) -> None:
    ask = Gathered(numbers, most=3, pause=0)
    await asyncio.gather(*(ask(key) for key in range(7)))
    assert [len(keys) for keys in numbers.queries] == [3, 3, 1]


async def test_after_a_crowd_others_gather_for_a_moment(numbers: Numbers) -> None:
    ask = Gathered(numbers, crowd=2, pause=0.02)
    await asyncio.gather(ask(2), ask(4))
    later = [asyncio.create_task(ask(6))]
    await asyncio.sleep(0.001)
    later.append(asyncio.create_task(ask(8)))
    await asyncio.gather(*later)
    assert numbers.queries == [[2, 4], [6, 8]]


async def test_a_failure_is_that_of_all_who_asked_and_not_remembered(numbers: Numbers) -> None:
    ask = Gathered(numbers)
    numbers.down = True
    assert {type(error) for error in await asyncio.gather(ask(2), ask(4), return_exceptions=True)} == {Unavailable}
    numbers.down = False
    assert await ask(2) == 4


async def test_one_who_leaves_does_not_take_the_others_along(numbers: Numbers) -> None:
    ask = Gathered(numbers)
    first, second = asyncio.create_task(ask(2)), asyncio.create_task(ask(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 4
