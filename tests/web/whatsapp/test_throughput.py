"""Sends are spaced as the number allows."""

import asyncio
import time

from web.whatsapp.throughput import BURST, Throughput


def test_turns_come_at_the_rate_after_a_burst() -> None:
    now = [100.0]
    throughput = Throughput(80.0, clock=lambda: now[0])
    waits = [throughput.take() for _ in range(101)]
    free = [wait for wait in waits if wait == 0]
    assert 80 * BURST <= len(free) <= 80 * BURST + 1
    assert abs(waits[100] - (100 - 80 * BURST) / 80) < 0.001


def test_a_quiet_time_saves_no_more_than_a_burst() -> None:
    now = [100.0]
    throughput = Throughput(10.0, clock=lambda: now[0])
    throughput.take()
    now[0] = 1000.0
    assert sum(throughput.take() == 0 for _ in range(50)) <= 10 * BURST + 1


async def test_who_comes_too_soon_waits() -> None:
    throughput = Throughput(50.0)
    began = time.monotonic()
    await asyncio.gather(*(throughput.turn() for _ in range(23)))
    assert time.monotonic() - began >= (22 - 50 * BURST) / 50
