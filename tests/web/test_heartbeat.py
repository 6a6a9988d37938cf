"""One timer looks at all."""

import asyncio

from web.heartbeat import Heartbeat


class Pulse:
    """Counts looks, and dies at the given one."""

    def __init__(self, looks: int) -> None:
        self.looks = looks
        self.seen = 0

    def alive(self) -> bool:
        self.seen += 1
        return self.seen < self.looks


async def test_each_is_looked_at_until_it_is_dead() -> None:
    heartbeat = Heartbeat(0.005)
    pulses = [Pulse(looks) for looks in (1, 3, 2)]
    for pulse in pulses:
        heartbeat.add(pulse)
    async with asyncio.timeout(10):
        while len(heartbeat):
            await asyncio.sleep(0.001)
    assert [pulse.seen for pulse in pulses] == [1, 3, 2]
    late = Pulse(1)
    heartbeat.add(late)
    async with asyncio.timeout(10):
        while not late.seen:
            await asyncio.sleep(0.001)


async def test_nobody_is_looked_at_before_the_time() -> None:
    heartbeat, pulse = Heartbeat(3600), Pulse(1)
    heartbeat.add(pulse)
    await asyncio.sleep(0.01)
    assert (pulse.seen, len(heartbeat)) == (0, 1)
