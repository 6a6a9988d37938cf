"""Life in the app: people write now and then, read what is answered, and answer back."""

import asyncio
import random

from attrs import frozen

from hub.demo.chat_app.customer import Device
from hub.demo.chat_app.people import PEOPLE, AppPerson
from hub.demo.chat_app.world import ChatAppWorld
from hub.demo.script import CALM_AGAIN, Pace
from hub.demo.stories import Story


@frozen
class AppVisit:
    """One person telling one story on one device."""

    device: Device
    story: Story
    chance: random.Random
    pace: Pace

    async def run(self) -> None:
        """Opens, answers every answer, says goodbye; gives up when nobody answers."""
        listening = asyncio.create_task(self.device.listen())
        try:
            await self.device.online()
            for line in self.story.opening:
                await self._say(line)
            await self._converse()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _converse(self) -> None:
        heard = 0
        for line in (*self.story.replies, self.story.farewell):
            if line.startswith("<"):
                continue
            try:
                await self.device.next_message(heard, CALM_AGAIN)
            except TimeoutError:
                return
            heard = len(self.device.heard)
            await asyncio.sleep(self.chance.uniform(*self.pace.reading))
            await self.device.reads()
            await self._say(line)

    async def _say(self, line: str) -> None:
        await self.device.types()
        await asyncio.sleep(self.chance.uniform(*self.pace.between))
        await self.device.say(line)


async def live(world: ChatAppWorld, rate_per_minute: float, seed: int, pace: Pace | None = None) -> None:
    """Lets visits begin at random moments, `rate_per_minute` of them on average, until cancelled. When everybody is
    busy, a moment passes unused."""
    chance = random.Random(f"app-{seed}")
    busy: dict[str, asyncio.Task[None]] = {}
    async with asyncio.TaskGroup() as visits:
        while True:
            await asyncio.sleep(chance.expovariate(rate_per_minute / 60))
            idle = [person for person in PEOPLE if person.customer_id not in busy or busy[person.customer_id].done()]
            if idle:
                person = chance.choice(idle)
                busy[person.customer_id] = visits.create_task(_visit(world, person, chance, pace or Pace()).run())


def _visit(world: ChatAppWorld, person: AppPerson, chance: random.Random, pace: Pace) -> AppVisit:
    return AppVisit(world.device(person), chance.choice(person.stories), random.Random(chance.random()), pace)
