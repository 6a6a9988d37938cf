"""AC-2: many first messages of somebody new, all at once, are one customer and one conversation."""

import asyncio
from typing import Any

import pytest

from hub.demo.whatsapp import Customer
from tests.acceptance.agent import Json
from tests.acceptance.stage import Stage

MESSAGES = 20


async def _counts(stage: Stage, customer: Customer) -> Any:
    (row,) = await stage.rows(
        "select count(distinct p.id), count(distinct c.id), count(distinct m.id)"
        " from customers p join conversations c on c.customer_id = p.id join messages m on m.conversation_id = c.id"
        " where p.name = $1",
        customer.identity.name,
    )
    return tuple(row)


async def test_first_messages_in_parallel_are_one_conversation(stage: Stage) -> None:
    ana = await stage.login()
    live = await ana.socket()
    customer = stage.customer()
    drafts = [customer.draft("text", {"body": f"Primeira mensagem {number}"}) for number in range(MESSAGES)]
    answers = await asyncio.gather(*(stage.deliver(stage.written((customer, draft))) for draft in drafts))
    assert {answer.status for answer in answers} == {200}
    assert await _counts(stage, customer) == (1, 1, MESSAGES)
    assert [row["seq"] for row in await stage.stored(customer)] == list(range(1, MESSAGES + 1))
    await live.until(lambda stream: len(stream.of("message.received")) >= MESSAGES)
    assert len(live.of("conversation.new")) == 1


async def test_many_new_customers_at_once_do_not_disturb_each_other(stage: Stage) -> None:
    customers = [stage.customer() for _ in range(30)]
    drafts = [
        (customer, customer.draft("text", {"body": f"Oi, sou nova aqui {n}"}))
        for n in range(3)
        for customer in customers
    ]
    answers = await asyncio.gather(*(stage.deliver(stage.written(draft)) for draft in drafts))
    assert {answer.status for answer in answers} == {200}
    for customer in customers:
        assert await _counts(stage, customer) == (1, 1, 3)


def _without(body: Json, contact: str, message: str) -> Json:
    """With one address less: of a username's owner the number is not told, and older webhooks have no user id."""
    value = body["entry"][0]["changes"][0]["value"]
    for known in value["contacts"]:
        known.pop(contact)
    for written in value["messages"]:
        written.pop(message)
    return body


@pytest.mark.parametrize("missing", [("wa_id", "from"), ("user_id", "from_user_id")])
async def test_with_and_without_one_of_their_addresses_in_parallel_it_is_still_one(
    stage: Stage, missing: tuple[str, str]
) -> None:
    customer = stage.customer()
    drafts = [customer.draft("text", {"body": f"Com e sem endereço {number}"}) for number in range(MESSAGES)]
    bodies = [stage.written((customer, draft)) for draft in drafts]
    bodies = [_without(body, *missing) if number % 2 else body for number, body in enumerate(bodies)]
    answers = await asyncio.gather(*(stage.deliver(body) for body in bodies))
    assert {answer.status for answer in answers} == {200}
    assert await _counts(stage, customer) == (1, 1, MESSAGES)
    known = await stage.rows(
        "select i.kind from identities i join customers p on p.id = i.customer_id where p.name = $1",
        customer.identity.name,
    )
    assert sorted(row["kind"] for row in known) == ["bsuid", "wa_id"]
    assert await stage.value("select count(*) from quarantine") == 0
