"""Scripted people: they write, answer, press, read and say goodbye; the same seed tells the same story."""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from typing import Any

from hub.demo import people
from hub.demo.people import PEOPLE
from hub.demo.script import Pace, Visit, live
from hub.demo.stories import Story
from hub.demo.whatsapp import Customer, WhatsAppWorld
from tests.demo.conftest import Business, MakeWorld, Receiver

HURRY = Pace(reading=(0.0, 0.001), typing=(0.0, 0.001), between=(0.0, 0.001))
STORY = Story(("Oi", "Tudo bem?"), ("<picture>", "Veja."), ("Bom dia!", "Certo."), "Pedido 77.", "Obrigada!")
MARIA = "5511987650043"
Answering = Callable[[Business], Awaitable[Any]]


def said(customer: Customer) -> list[str]:
    return [bubble.text for bubble in customer.chat.bubbles if bubble.mine]


async def visit(world: WhatsAppWorld, business: Business, answers: list[Answering]) -> Customer:
    """A whole visit with these answers of the business, and as many more as it takes."""
    maria = world.customer(MARIA)
    running = asyncio.create_task(Visit(maria, STORY, random.Random(4), HURRY).run())
    while len(said(maria)) < 2:
        await asyncio.sleep(0.001)
    for answer in itertools.chain(answers, itertools.repeat(text("Certo."))):
        before = len(said(maria))
        await answer(business)
        while len(said(maria)) == before and not running.done():
            await asyncio.sleep(0.001)
        if running.done():
            break
    await running
    await world.quiet()
    return maria


def text(body: str) -> Answering:
    return lambda business: business.text(MARIA, body)


async def test_visit_tells_the_story_to_its_end(world: WhatsAppWorld, business: Business, receiver: Receiver) -> None:
    maria = await visit(world, business, [text("Um momento.")])
    assert said(maria)[:2] == ["Oi", "Tudo bem?"]
    assert said(maria)[-1] == "Obrigada!"
    assert "[image]" in said(maria)
    assert {status["status"] for status in receiver.statuses()} == {"sent", "delivered", "read"}


async def test_question_is_answered_once_with_the_detail(world: WhatsAppWorld, business: Business) -> None:
    maria = await visit(world, business, [text("Qual é o pedido?"), text("E o endereço?"), text("Quando?")])
    assert said(maria)[2] == "Pedido 77."
    assert said(maria).count("Pedido 77.") == 1


async def test_button_is_pressed(world: WhatsAppWorld, business: Business, receiver: Receiver) -> None:
    reply = {"type": "reply", "reply": {"id": "yes", "title": "Sim"}}
    content = {"type": "button", "body": {"text": "Confirma?"}, "action": {"buttons": [reply]}}

    async def ask(business: Business) -> None:
        await business.send(MARIA, "interactive", content)

    await visit(world, business, [ask])
    pressed = [message for message in receiver.messages() if message["type"] == "interactive"]
    assert [message["interactive"]["button_reply"]["id"] for message in pressed] == ["yes"]


async def test_life_goes_on_and_is_seeded(make_world: MakeWorld, receiver: Receiver) -> None:
    openings = []
    for _ in range(2):
        world = await make_world(seed=5)
        people.settle(world)
        life = asyncio.create_task(live(world, 60_000, 5, HURRY))
        while sum(bool(said(customer)) for customer in world.customers) < 5:
            await asyncio.sleep(0.001)
        life.cancel()
        openings.append({customer.number: said(customer)[0] for customer in world.customers if said(customer)})
    common = openings[0].keys() & openings[1].keys()
    assert len(common) >= 5
    assert all(openings[0][number] == openings[1][number] for number in common)


def test_people_are_distinct_and_speak_several_languages() -> None:
    assert len({person.number for person in PEOPLE}) == len(PEOPLE) >= 12
    lines = " ".join(line for person in PEOPLE for story in person.stories for line in story.opening)
    assert any("\u0600" <= letter <= "\u06ff" for letter in lines)
    assert "ã" in lines


async def test_whoever_wrote_earlier_answers_back_once(world: WhatsAppWorld, business: Business) -> None:
    maria = world.customer(MARIA)
    maria.open_window()
    life = asyncio.create_task(live(world, 0.001, 5, HURRY, {MARIA: STORY}))
    await asyncio.sleep(0)
    await text("Seu pedido chegou.")(business)
    while not said(maria):
        await asyncio.sleep(0.001)
    await text("Disponha!")(business)
    await maria.next_message(1)
    await world.quiet()
    life.cancel()
    assert said(maria) == [STORY.farewell]
