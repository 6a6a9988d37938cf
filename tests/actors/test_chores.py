"""Small things done again and again, on a clock that jumps."""

import asyncio
import time

import pytest

from actors.chores import every, measure_lag
from actors.kernel.testkit import virtual
from hub.errors import Unavailable


async def stop(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@virtual
async def test_a_chore_comes_again_after_its_pause_also_while_the_database_is_away() -> None:
    began: list[float] = []

    async def chore() -> None:
        began.append(asyncio.get_running_loop().time())
        if len(began) == 2:
            raise Unavailable
        await asyncio.sleep(1.0)

    running = asyncio.create_task(every(10.0, chore))
    await asyncio.sleep(45.0)
    assert began == [10.0, 21.0, 31.0, 42.0]
    await stop(running)


@virtual
async def test_what_is_wrong_with_a_chore_is_not_hidden() -> None:
    async def chore() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await every(1.0, chore)


async def test_a_loop_that_was_held_up_is_late() -> None:
    told: list[float] = []
    running = asyncio.create_task(measure_lag(told.append, beat=0.01))
    while not told:
        await asyncio.sleep(0.001)
    told.clear()
    time.sleep(0.2)
    while not told:
        await asyncio.sleep(0.001)
    assert told[0] >= 0.15
    assert all(late >= 0.0 for late in told)
    await stop(running)
