"""`python -m hub.bench.kernel_probe ACTORS`: what mail costs and what an idle actor weighs. Prints JSON."""

import asyncio
import gc
import json
import os
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable

import uvloop

from actors.kernel import Actor, Bound, Kind, Mail, Policy, Ref, System
from hub.bench import machine

MAIL = 200_000
KEYS = 100
ROUND = 1_000
"""Messages between two looks at the loop, well below the mailboxes' bound."""

REPLY_WITHIN = 30.0


class Counter(Actor):
    """Counts, and answers the count."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    async def receive(self, mail: Mail) -> object:
        """Any message."""
        self.count += 1
        return self.count


def system() -> System:
    """Actors that stay in memory."""
    made = System()
    kind = Kind("counter", lambda key, context: Counter(), Bound(2 * ROUND, Policy.REJECT), idle_after=None)
    made.register(kind)
    return made


async def tells(refs: list[Ref]) -> None:
    """`MAIL` messages that nobody waits for, spread over the actors, each round handled before the next."""
    for _ in range(0, MAIL, ROUND):
        for number in range(ROUND):
            refs[number % len(refs)].tell(number)
        await asyncio.gather(*(ref.ask(None, timeout=REPLY_WITHIN) for ref in refs))


async def asks(refs: list[Ref]) -> None:
    """`MAIL` messages whose answers are awaited, one at a time per actor."""

    async def one(ref: Ref) -> None:
        for number in range(MAIL // len(refs)):
            await ref.ask(number, timeout=REPLY_WITHIN)

    await asyncio.gather(*(one(ref) for ref in refs))


async def bare_deque() -> None:
    """The same number of messages through a deque and a coroutine per message."""
    actor, queue = Counter(), deque[Mail]()
    for _ in range(0, MAIL, ROUND):
        for number in range(ROUND):
            queue.append(Mail(number, {}))
        while queue:
            await actor.receive(queue.popleft())
        await asyncio.sleep(0)


async def rate(act: Callable[[], Awaitable[None]]) -> float:
    """Messages per second."""
    began = time.perf_counter()
    await act()
    return MAIL / (time.perf_counter() - began)


def collection() -> float:
    """Milliseconds of one full garbage collection."""
    began = time.perf_counter()
    gc.collect()
    return (time.perf_counter() - began) * 1000


async def populate(residents: System, count: int) -> None:
    """Wakes so many actors."""
    for begin in range(0, count, ROUND):
        refs = (residents.ref("counter", number) for number in range(begin, min(begin + ROUND, count)))
        await asyncio.gather(*(ref.ask(None, timeout=REPLY_WITHIN) for ref in refs))


async def weigh(count: int) -> dict[str, float]:
    """Bytes per idle actor and what a full collection costs with so many, before and after a freeze."""
    # What asking so many at once leaves behind in the allocator is no actor's: it is there before the first look.
    await populate(system(), ROUND)
    residents = system()
    collection()
    before = machine.pss_mib(os.getpid())
    await populate(residents, count)
    collection()
    grown = machine.pss_mib(os.getpid()) - before
    full = collection()
    gc.freeze()
    return {
        "hub.kernel.actor_bytes": grown * 1024 * 1024 / count,
        "hub.memory.actors": machine.pss_mib(os.getpid()),
        "hub.kernel.collection": full,
        "hub.kernel.collection_frozen": collection(),
    }


async def probe(count: int) -> dict[str, float]:
    """Everything."""
    busy = system()
    refs = [busy.ref("counter", number) for number in range(KEYS)]
    weight = await weigh(count)
    gc.unfreeze()
    return {
        **weight,
        "hub.kernel.tells": await rate(lambda: tells(refs)),
        "hub.kernel.asks": await rate(lambda: asks(refs)),
        "bare.kernel.tells": await rate(bare_deque),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(probe(int(sys.argv[1])))))
