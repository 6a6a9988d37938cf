"""AC-25: one person is one customer with one conversation, under whichever of their addresses they write."""

import asyncio
from collections.abc import Sequence
from itertools import count
from uuid import uuid4

import pytest

from tests.acceptance.agent import PATIENCE, Agent, Json
from tests.acceptance.chat import BackEnd, Device
from tests.acceptance.stage import ROOT, Stage

_numbers = count(1)

SPELLINGS = [
    pytest.param("55119870{:05}", "5511870{:05}", id="Brazil: with and without the 9"),
    pytest.param("54911234{:05}", "5411234{:05}", id="Argentina: with and without the 9"),
    pytest.param("5215512{:06}", "525512{:06}", id="Mexico: with and without the 1"),
]


async def says(stage: Stage, text: str, phone: str | None = None, user: str | None = None) -> None:
    """A webhook with a message in which the customer has these addresses."""
    contact = {"wa_id": phone, "user_id": user}
    message = {"from": phone, "from_user_id": user, "id": f"wamid.{uuid4()}", "timestamp": "1770000000"}
    people = {"profile": {"name": f"Person {user or phone}"}, **_present(contact)}
    said = {**_present(message), "type": "text", "text": {"body": text}}
    assert (await stage.deliver(stage.body({"contacts": [people], "messages": [said]}))).status == 200


def _present(addresses: dict[str, str | None]) -> Json:
    return {name: value for name, value in addresses.items() if value is not None}


async def persons(stage: Stage, texts: Sequence[str]) -> list[tuple[str, str]]:
    """The customer and the conversation of each of these messages, in order."""
    rows = await stage.rows(
        "select c.customer_id::text, c.id::text, m.text from messages m"
        " join conversations c on c.id = m.conversation_id where m.text = any ($1)",
        list(texts),
    )
    found = {row["text"]: (row["customer_id"], row["id"]) for row in rows}
    assert len(rows) == len(texts), "none is lost and none is there twice"
    return [found[text] for text in texts]


async def one(stage: Stage, texts: Sequence[str]) -> Json:
    """The one customer of these messages, with one conversation, as the API shows them."""
    ((customer_id, conversation_id),) = set(await persons(stage, texts))
    shown = await (await stage.login(ROOT)).get(f"customers/{customer_id}")
    assert [past["id"] for past in shown["conversations"]] == [conversation_id]
    return dict(shown)


def identities(customer: Json) -> set[tuple[str, str]]:
    """Kinds and values of the customer's addresses."""
    return {(identity["kind"], identity["value"]) for identity in customer["identities"]}


@pytest.mark.parametrize(("long", "short"), SPELLINGS)
@pytest.mark.parametrize("long_first", [True, False])
async def test_two_spellings_of_a_number_are_one_person(stage: Stage, long: str, short: str, long_first: bool) -> None:
    number = next(_numbers)
    phones = [long.format(number), short.format(number)]
    texts = [f"{spelling} {uuid4()}" for spelling in "ab"]
    for text, phone in zip(texts, phones if long_first else phones[::-1], strict=True):
        await says(stage, text, phone=phone)
    customer = await one(stage, texts)
    assert identities(customer) & {("wa_id", phone) for phone in phones}


@pytest.mark.parametrize(
    "known_by",
    [
        pytest.param(("user", "both", "phone"), id="the user id first, then the phone"),
        pytest.param(("phone", "both", "user"), id="the phone first, then the user id"),
        pytest.param(("both", "user", "phone"), id="both at once"),
    ],
)
async def test_a_user_id_and_a_phone_are_one_person(stage: Stage, known_by: tuple[str, ...]) -> None:
    number = next(_numbers)
    phone, user = f"35191{number:07}", f"PT.9{number:05}"
    texts = [f"{uuid4()}" for _ in known_by]
    for text, by in zip(texts, known_by, strict=True):
        await says(stage, text, phone if by != "user" else None, user if by != "phone" else None)
    assert identities(await one(stage, texts)) == {("wa_id", phone), ("bsuid", user)}


@pytest.mark.parametrize("change", ["number", "user id"])
async def test_whoever_changes_an_address_stays_the_same_person(stage: Stage, change: str) -> None:
    customer, texts = stage.customer(), [f"{uuid4()}", f"{uuid4()}"]
    await customer.say(texts[0])
    await stage.world.quiet(PATIENCE)  # what is told at once comes in any order
    before = customer.identity
    if change == "number":
        await customer.change_number(f"35192{next(_numbers):07}")
    else:
        await customer.change_user_id()
    await customer.say(texts[1])
    await stage.world.quiet(PATIENCE)
    shown = await one(stage, texts)
    now = customer.identity
    assert identities(shown) >= {("wa_id", now.wa_id), ("bsuid", now.bsuid)}
    assert now.bsuid != before.bsuid
    assert ("wa_id", before.wa_id) not in identities(shown) or change == "user id"


async def test_one_who_writes_in_the_app_too_is_merged_while_both_are_written_in(stage: Stage) -> None:
    root, back_end = await stage.login(ROOT), await BackEnd.of(stage)
    stream = await root.socket()
    customer, device = stage.customer(), await back_end.device(name="Clarice in the app")
    texts = [f"{uuid4()}" for _ in range(12)]
    await customer.say(texts[0])
    await stage.world.quiet(PATIENCE)
    await device.say(texts[1])
    talking = await device.socket()
    (whatsapp, thread), (app, app_thread) = await persons(stage, texts[:2])
    assert whatsapp != app
    merging = asyncio.create_task(root.request("POST", f"/api/v1/customers/{app}/merge", {"into": whatsapp}))
    await asyncio.gather(*(customer.say(text) for text in texts[2:7]), *(device.say(text) for text in texts[7:]))
    merged = await merging
    assert merged.status == 200, merged.raw
    await stage.world.quiet(PATIENCE)
    found = await persons(stage, texts)
    assert {person for person, _ in found} == {whatsapp}
    assert {conversation for _, conversation in found} == {thread, app_thread}
    shown = await root.get(f"customers/{whatsapp}")
    assert {kind for kind, _ in identities(shown)} == {"wa_id", "bsuid", "app_id"}
    await stream.until(lambda s: _moved(s.of("conversation.updated"), app_thread, whatsapp))
    gone = await root.request("GET", f"/api/v1/customers/{app}")
    assert (gone.status, gone.json["merged_into"]) == (404, whatsapp)
    await talking.ended()
    assert talking.code == 1012
    await _still_told(root, device, app_thread, talking.durable[-1]["seq"] if talking.durable else 0)
    await back_end.leave()


def _moved(frames: list[Json], conversation_id: str, customer_id: str) -> bool:
    return any(
        frame["conversation_id"] == conversation_id and frame["data"]["conversation"]["customer"]["id"] == customer_id
        for frame in frames
    )


async def _still_told(root: Agent, device: Device, conversation_id: str, after: int) -> None:
    """What the company answers in the app arrives there, on a stream that resumes."""
    stream, text = await device.socket(after), f"{uuid4()}"
    await root.say(conversation_id, text)
    await stream.until(lambda s: any(_text(frame) == text for frame in s.durable))


def _text(frame: Json) -> object:
    return frame["data"].get("message", {}).get("content", {}).get("text")
