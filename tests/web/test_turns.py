"""Turns at something costly."""

import asyncio

import pytest

from hub.errors import Unavailable
from web.turns import Turns


async def hold(turns: Turns, until: asyncio.Event, held: list[int]) -> None:
    async with turns.turn():
        held.append(turns.taken)
        await until.wait()


async def test_so_many_go_so_many_wait_and_the_next_is_refused() -> None:
    turns, until, held = Turns(2, 1), asyncio.Event(), list[int]()
    three = [asyncio.create_task(hold(turns, until, held)) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(held) == 2
    with pytest.raises(Unavailable):
        await hold(turns, until, held)
    until.set()
    await asyncio.gather(*three)
    assert (len(held), turns.taken) == (3, 0)


async def test_whoever_leaves_the_line_makes_room() -> None:
    turns, until, held = Turns(1, 1), asyncio.Event(), list[int]()
    first, second = (asyncio.create_task(hold(turns, until, held)) for _ in range(2))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    assert turns.taken == 1
    until.set()
    await first
