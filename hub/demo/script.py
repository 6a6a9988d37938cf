"""Life in the demo: people write, wait, read the answers, react and answer back, each at his own pace.

Everything follows from the seed and from what the business does; only the clock is real.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from hub.demo.people import PEOPLE, Person
from hub.demo.stories import Story
from hub.demo.whatsapp import Customer, WhatsAppWorld
from hub.demo.whatsapp.chat import Bubble
from hub.demo.whatsapp.files import paper, picture

CALM_AGAIN = 180.0
"""Seconds without an answer after which a person gives up and may start anew."""
EMOJI = ("👍", "❤️", "🙏", "😂", "😮")
PLACES = (
    (-23.5614, -46.6559, "Avenida Paulista"),
    (25.1972, 55.2744, "Burj Khalifa"),
    (48.8584, 2.2945, "Tour Eiffel"),
)


@frozen
class Pace:
    """Real seconds, as ranges: between a message and its reading, while typing, and between two own messages."""

    reading: tuple[float, float] = (1.0, 4.0)
    typing: tuple[float, float] = (2.0, 8.0)
    between: tuple[float, float] = (0.8, 2.5)


@define
class Visit:
    """One person telling one story. `turn` counts the lines said after the opening."""

    customer: Customer
    story: Story
    chance: random.Random
    pace: Pace
    turn: int = 0
    has_detailed: bool = False

    async def run(self) -> None:
        """Open, answer every answer, say goodbye; give up when nobody answers."""
        heard = len(self.customer.inbox)
        for line in self.story.opening:
            await self._say(line)
            await self._pause(self.pace.between)
        await self._converse(heard)

    async def resume(self) -> None:
        """Answer what has just arrived in a conversation of an earlier day, and say goodbye."""
        self.turn = len(self.story.replies)
        await self._converse(len(self.customer.inbox) - 1)

    async def _converse(self, heard: int) -> None:
        while self.turn <= len(self.story.replies):
            try:
                await self.customer.next_message(heard, CALM_AGAIN)
            except TimeoutError:
                return
            await self._pause(self.pace.reading)
            await self.customer.open_chat()
            fresh = self.customer.inbox[heard:]
            heard += len(fresh)
            await self._answer(fresh)

    async def _answer(self, fresh: Sequence[Bubble]) -> None:
        last = fresh[-1]
        if self.chance.random() < 0.2:
            await self.customer.react(last.wamid, self.chance.choice(EMOJI))
        await self._pause(self.pace.typing)
        if last.buttons():
            button = self.chance.choice(last.buttons())
            await self.customer.press(button["id"], button["title"], of=last.wamid)
        elif last.rows():
            row = self.chance.choice(last.rows())
            await self.customer.choose(row["id"], row["title"], row.get("description"), of=last.wamid)
        elif _asks(last.text) and not self.has_detailed:
            self.has_detailed = True
            quote = last.wamid if self.chance.random() < 0.3 else None
            await self.customer.say(self.story.detail, quote=quote)
        else:
            await self._next_line()

    async def _next_line(self) -> None:
        lines = (*self.story.replies, self.story.farewell)
        line = lines[self.turn]
        self.turn += 1
        await self._say(line)
        if line.startswith("<") and self.turn < len(lines):
            await self._pause(self.pace.between)
            await self._next_line()

    async def _say(self, line: str) -> None:
        match line:
            case "<picture>":
                await self.customer.send_image(picture(self.chance.randrange(1000)))
            case "<voice>":
                await self.customer.send_voice(self.chance.uniform(1.5, 6))
            case "<paper>":
                await self.customer.send_document(paper("Receipt 312.90"), filename="comprovante.pdf")
            case "<place>":
                latitude, longitude, name = self.chance.choice(PLACES)
                await self.customer.send_location(latitude, longitude, name)
            case _:
                await self.customer.say(line)

    async def _pause(self, between: tuple[float, float]) -> None:
        await asyncio.sleep(self.chance.uniform(*between))


def _asks(text: str) -> bool:
    return any(mark in text for mark in "?؟")


@define
class Life:
    """Everybody's visits. `earlier`: what those wrote about, by number, who had written before the world began."""

    world: WhatsAppWorld
    chance: random.Random
    pace: Pace
    visits: asyncio.TaskGroup
    earlier: dict[str, Story]
    running: dict[str, "asyncio.Task[None]"] = field(factory=dict)

    async def begin(self, rate_per_minute: float) -> None:
        """Let somebody begin a story at random moments. When everybody is busy, a moment passes unused."""
        while True:
            await asyncio.sleep(self.chance.expovariate(rate_per_minute / 60))
            idle = [person for person in PEOPLE if not self._is_busy(person.number)]
            if idle:
                person = self.chance.choice(idle)
                self.earlier.pop(person.number, None)
                self._start(_phone(self.world, person), self.chance.choice(person.stories), Visit.run)

    async def wake(self) -> None:
        """Let whoever is answered in an earlier conversation answer back, once."""
        with self.world.feed.listen() as listener:
            async for event in listener:
                number = event["number"]
                if event["event"] != "received" or number not in self.earlier or self._is_busy(number):
                    continue
                customer = self.world.customers.find(number)
                if customer is not None:
                    self._start(customer, self.earlier.pop(number), Visit.resume)

    def _is_busy(self, number: str) -> bool:
        return number in self.running and not self.running[number].done()

    def _start(self, customer: Customer, story: Story, act: Callable[[Visit], Coroutine[Any, Any, None]]) -> None:
        visit = Visit(customer, story, random.Random(self.chance.random()), self.pace)
        self.running[customer.number] = self.visits.create_task(act(visit))


async def live(
    world: WhatsAppWorld,
    rate_per_minute: float,
    seed: int,
    pace: Pace | None = None,
    earlier: Mapping[str, Story] | None = None,
) -> None:
    """Let visits begin at random moments, `rate_per_minute` of them on average, until cancelled.

    Nobody tells two stories at once. `earlier`: by number, the stories of those who wait for an answer since before.
    """
    async with asyncio.TaskGroup() as visits:
        life = Life(world, random.Random(f"life-{seed}"), pace or Pace(), visits, dict(earlier or {}))
        visits.create_task(life.wake())
        await life.begin(rate_per_minute)


def _phone(world: WhatsAppWorld, person: Person) -> Customer:
    return world.customer(person.number, person.name, username=person.username, country=person.country)
