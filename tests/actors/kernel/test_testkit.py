import asyncio
import time

import pytest

from actors.kernel import testkit
from actors.kernel.testkit import VirtualLoop, run_virtual, settle, virtual


def test_time_jumps_when_there_is_nothing_to_do() -> None:
    async def main() -> float:
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    begun = time.monotonic()
    assert run_virtual(main()) == 3600
    assert time.monotonic() - begun < 60


@virtual
async def test_time_stands_still_while_there_is_something_to_do() -> None:
    for _ in range(100):
        await asyncio.sleep(0)
    assert asyncio.get_running_loop().time() == 0.0


@virtual
async def test_timers_of_others_keep_their_order() -> None:
    woken = []

    async def sleeper(seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append(seconds)

    await asyncio.gather(*(sleeper(seconds) for seconds in (3, 1, 2)))
    assert woken == [1, 2, 3]


@virtual
async def test_settle_runs_what_needs_no_time() -> None:
    steps: list[object] = []

    async def work() -> None:
        for step in range(50):
            steps.append(step)
            await asyncio.sleep(0)
        await asyncio.sleep(1)
        steps.append("after a second")

    task = asyncio.create_task(work())
    await settle()
    assert steps == list(range(50))
    await task


async def test_settle_needs_the_virtual_loop() -> None:
    with pytest.raises(TypeError):
        await settle()


def order_of_ten(seed: int | None) -> list[int]:
    async def main() -> list[int]:
        seen: list[int] = []

        async def step(n: int) -> None:
            seen.append(n)

        await asyncio.gather(*(step(n) for n in range(10)))
        return seen

    return run_virtual(main(), seed)


def test_a_seed_shuffles_and_repeats_itself() -> None:
    assert order_of_ten(None) == list(range(10))
    assert order_of_ten(7) == order_of_ten(7)
    assert len({tuple(order_of_ten(seed)) for seed in range(8)}) > 4


@pytest.mark.parametrize("seed", [1, 2])
@virtual
async def test_the_decorator_passes_the_seed_to_the_loop(seed: int) -> None:
    seen: list[int] = []
    loop = asyncio.get_running_loop()
    for n in range(10):
        loop.call_soon(seen.append, n)
    await settle()
    assert seen != list(range(10))


def test_a_test_that_waits_for_ever_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testkit, "STUCK_AFTER", 0.01)
    loop = VirtualLoop()
    never = loop.create_future()
    with pytest.raises(RuntimeError, match="waits for ever"):
        loop.run_until_complete(never)
    loop.close()


@virtual
async def test_threads_may_still_answer() -> None:
    assert await asyncio.to_thread(lambda: 42) == 42
