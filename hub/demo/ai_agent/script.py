"""Life with an AI agent: customers of the company's payment app ask it things, and now and then a back end is down."""

import asyncio
import itertools
import random
import re
from collections.abc import Iterator

import aiohttp
from attrs import frozen

from hub.demo.ai_agent.agent import AiAgent, Tell
from hub.demo.ai_agent.client import AiClient
from hub.demo.back_office import BackOffice, Fault
from hub.demo.chat_app.customer import Device, Json
from hub.demo.chat_app.people import AppPerson
from hub.demo.chat_app.world import ChatAppWorld

CHANNEL = "pay"
"""The channel of the payment app, whose conversations are the sales team's."""

NAMES = ("Paula Ferrer", "Tom Becker", "Aisha Rahman", "Diego Silva", "Nora Lind", "Sam Okoro", "Elena Rossi")
BEGINNING = ("status", "small", "large", "outage")
"""What a viewer sees first, all within the first half minute; each follows after FIRST_PAUSE."""
LATER = ("status", "tickets", "small", "status", "large", "tickets", "small", "outage")
FIRST_PAUSE, PAUSE = 2.5, (25.0, 60.0)
OUTAGE = 40.0
"""Seconds for which a back end is down."""

CODE = re.compile(r"\b(\d{6})\b")
PATIENCE = 120.0
"""Seconds for which a customer waits for the next word."""


@frozen
class Outages:
    """A back end goes down and comes back by itself."""

    office: BackOffice
    tell: Tell
    seconds: float = OUTAGE

    async def run(self) -> None:
        """Ticketing is down for a while."""
        self.tell("down", "the ticketing system has an outage")
        self.office.faults.always(Fault.error(503), on="ticketing")
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.office.faults.clear()
            self.tell("up", "the ticketing system works again")


@frozen
class Visit:
    """One customer who writes a line and answers what is asked, and the agent that answers."""

    device: Device
    session: aiohttp.ClientSession
    key: str
    tell: Tell
    thinking: tuple[float, float] = (1.0, 3.0)

    async def run(self, line: str) -> None:
        """From the first word until nobody says anything any more."""
        tasks = [asyncio.create_task(self.device.listen()), asyncio.create_task(self._confirm())]
        try:
            await self.device.online()
            written = await self.device.say(line)
            client = AiClient(self.session, self.device.hub_url, self.key, written["conversation_id"])
            await AiAgent(client, self.tell).run(PATIENCE)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _confirm(self) -> None:
        """Answers the hub's question with the code in it, when one comes."""
        heard = 0
        while True:
            try:
                await self.device.next_message(heard, PATIENCE)
            except TimeoutError:
                return
            for message in self.device.heard[heard:]:
                code = asked_code(message)
                if code is not None:
                    await asyncio.sleep(random.uniform(*self.thinking))
                    await self.device.say(code)
                    return
            heard = len(self.device.heard)


def asked_code(message: Json) -> str | None:
    """The code that a question of the hub's asks for."""
    content = message["content"]
    if content["type"] != "interactive":
        return None
    shown = content.get("text") or str((content.get("metadata") or {}).get("interactive", ""))
    found = CODE.search(shown)
    return found[1] if found else None


@frozen
class Life:
    """Everything around the agent. `run` tells apart the customers of different runs."""

    app: ChatAppWorld
    office: BackOffice
    session: aiohttp.ClientSession
    key: str
    tell: Tell
    chance: random.Random
    run: str

    def people(self) -> Iterator[AppPerson]:
        """Somebody new each time: whoever asks too much is held back."""
        for number in itertools.count(1):
            yield AppPerson(f"p-{self.run}-{number}", NAMES[number % len(NAMES)], "gold", (), CHANNEL)

    def line(self, scene: str, person: AppPerson) -> str:
        """What somebody writes."""
        if scene == "status":
            return f"Hi, where is my transfer {self.office.payments.of(person.customer_id)[0].id}?"
        if scene in ("tickets", "outage"):
            return "What became of my tickets?"
        amount = f"{self.chance.randint(20, 400)}.00" if scene == "small" else f"{self.chance.randint(11, 30)}50.00"
        return f"Please send {amount} USD to {self.chance.choice(NAMES)}"

    async def play(self, scene: str, person: AppPerson) -> None:
        """One scene. What fails at the hub ends it."""
        outage = asyncio.create_task(Outages(self.office, self.tell).run()) if scene == "outage" else None
        try:
            await Visit(self.app.device(person), self.session, self.key, self.tell).run(self.line(scene, person))
        except (aiohttp.ClientError, TimeoutError):
            self.tell("ai", "the hub did not answer")
        finally:
            if outage is not None:
                await outage


async def live(app: ChatAppWorld, office: BackOffice, key: str, tell: Tell, seed: int, run: str) -> None:
    """Plays scene after scene until cancelled."""
    chance = random.Random(f"ai-{seed}")
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        life = Life(app, office, session, key, tell, chance, run)
        people = life.people()
        async with asyncio.TaskGroup() as scenes:
            for scene in BEGINNING:
                scenes.create_task(life.play(scene, next(people)))
                await asyncio.sleep(FIRST_PAUSE)
            for scene in itertools.cycle(LATER):
                await asyncio.sleep(chance.uniform(*PAUSE))
                scenes.create_task(life.play(scene, next(people)))
