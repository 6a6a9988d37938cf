"""AC-4: whatever the order in which statuses arrive, and however often, a message's status never goes back."""

import asyncio
from itertools import permutations

import pytest

from hub.demo.whatsapp import Customer
from hub.demo.whatsapp.errors import webhook_error
from hub.demo.whatsapp.ledger import Send
from tests.acceptance.agent import Agent, Json
from tests.acceptance.stage import Stage

STATUSES = ("sent", "delivered", "read", "failed")
RANK = {"pending": 0, "sent": 2, "delivered": 3, "read": 4, "failed": 5}


def _expected(order: tuple[str, ...]) -> str:
    """Failed is final for what has not arrived; what has arrived has not failed."""
    first = next(status for status in order if status != "sent")
    return "failed" if first == "failed" else "read"


def _status(stage: Stage, send: Send, customer: Customer, status: str) -> Json:
    value = stage.world.statuses.compose(send, status, customer.identity)
    if status == "failed":
        value["statuses"][0]["errors"] = [webhook_error(131026)]
    return stage.body(value)


async def _all_orders(stage: Stage, ana: Agent) -> tuple[Customer, str, list[tuple[tuple[str, ...], Json, Send]]]:
    customer, conversation_id = await stage.conversation(ana)
    stage.mute()
    orders = list(permutations(STATUSES))
    replies = [await ana.say(conversation_id, f"Resposta de número {n}") for n in range(len(orders))]
    await stage.sent_out()
    by_text = {send.text: send for send in stage.world.ledger.sends_to(customer.number)}
    return (
        customer,
        conversation_id,
        [(o, r, by_text[r["content"]["text"]]) for o, r in zip(orders, replies, strict=True)],
    )


@pytest.mark.parametrize("copies", [1, 3])
async def test_every_order_of_reports_ends_the_same(stage: Stage, copies: int) -> None:
    ana = await stage.login()
    customer, conversation_id, cases = await _all_orders(stage, ana)
    live = await ana.socket()

    async def report(order: tuple[str, ...], send: Send) -> None:
        for status in order:
            body = _status(stage, send, customer, status)
            answers = await asyncio.gather(*(stage.deliver(body) for _ in range(copies)))
            assert {answer.status for answer in answers} == {200}
        late = _status(stage, send, customer, order[0])
        assert (await stage.deliver(late)).status == 200

    await asyncio.gather(*(report(order, send) for order, _, send in cases))
    now = {message["message_id"]: message for message in await ana.messages(conversation_id)}
    got = {order: now[reply["message_id"]]["status"] for order, reply, _ in cases}
    assert got == {order: _expected(order) for order, _, _ in cases}
    reported = await stage.rows(
        "select message_id, count(distinct status) as n from delivery_reports group by message_id"
    )
    assert {str(row["message_id"]): row["n"] for row in reported if str(row["message_id"]) in now} == {
        reply["message_id"]: 4 for _, reply, _ in cases
    }
    (ours,) = [c for c in await ana.conversations() if c["id"] == conversation_id]
    assert ours["failed"] == sum(_expected(order) == "failed" for order, _, _ in cases)
    await live.seq(await stage.value("select max(seq) from events"))
    for _, reply, _ in cases:
        told = [f["data"]["message"] for f in live.of("message.status", "message.sent", "message.updated")]
        ranks = [RANK[m["status"]] for m in told if m["message_id"] == reply["message_id"]]
        assert ranks == sorted(set(ranks)), "a status was pushed twice or went back"
