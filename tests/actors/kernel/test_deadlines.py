"""Waits end in time, answered ones cost nothing, and nothing is kept that nobody waits for."""

import asyncio

import pytest

from actors.kernel.deadlines import KEPT_ANSWERED, Deadlines
from actors.kernel.errors import AskTimeout
from actors.kernel.testkit import virtual


def begin(deadlines: Deadlines, timeout: float) -> "asyncio.Future[object]":
    reply: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    deadlines.add(reply, timeout, "k")
    return reply


@virtual
async def test_each_wait_ends_at_its_own_moment() -> None:
    time = asyncio.get_running_loop().time
    deadlines = Deadlines(time)
    ended: list[float] = []
    for timeout in (3.0, 1.0, 2.0):
        begin(deadlines, timeout).add_done_callback(lambda _: ended.append(time()))
    await asyncio.sleep(5)
    assert ended == pytest.approx([1.0, 2.0, 3.0], abs=1e-5)
    assert len(deadlines) == 0


@virtual
async def test_waits_of_one_length_that_begin_later_end_later() -> None:
    deadlines = Deadlines(asyncio.get_running_loop().time)
    first = begin(deadlines, 2.0)
    await asyncio.sleep(1.5)
    second = begin(deadlines, 2.0)
    await asyncio.sleep(1.0)
    assert first.done()
    assert not second.done()
    with pytest.raises(AskTimeout):
        await second


@virtual
async def test_an_answer_in_time_stays() -> None:
    deadlines = Deadlines(asyncio.get_running_loop().time)
    answered, late = begin(deadlines, 1.0), begin(deadlines, 1.0)
    answered.set_result("in time")
    await asyncio.sleep(2)
    assert answered.result() == "in time"
    with pytest.raises(AskTimeout):
        late.result()


@virtual
async def test_answered_waits_are_let_go_although_one_waits_on() -> None:
    deadlines = Deadlines(asyncio.get_running_loop().time)
    waiting = begin(deadlines, 10.0)
    for _ in range(5 * KEPT_ANSWERED):
        begin(deadlines, 10.0).set_result(None)
    assert len(deadlines) <= KEPT_ANSWERED + 1
    with pytest.raises(AskTimeout):
        await waiting


@virtual
async def test_many_that_wait_are_all_kept() -> None:
    deadlines = Deadlines(asyncio.get_running_loop().time)
    waiting = [begin(deadlines, 1.0) for _ in range(5 * KEPT_ANSWERED)]
    await asyncio.sleep(1.5)
    assert all(isinstance(reply.exception(), AskTimeout) for reply in waiting)


@virtual
async def test_a_length_that_nobody_waits_for_is_forgotten() -> None:
    deadlines = Deadlines(asyncio.get_running_loop().time)
    for n in range(100):
        begin(deadlines, 1.0 + n / 100).set_result(None)
    await asyncio.sleep(3)
    begin(deadlines, 1.0)
    assert len(deadlines) == 1
    assert len(vars(deadlines)["_lanes"]) == 1
