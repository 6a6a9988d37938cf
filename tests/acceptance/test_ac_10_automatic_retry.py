"""AC-10: what WhatsApp refuses for now is sent again by itself, with patience; what it refuses for good is not."""

import pytest

from hub.demo.whatsapp import Customer, Fault
from hub.demo.whatsapp.ledger import Attempt
from tests.acceptance.agent import PATIENCE, Agent, Json
from tests.acceptance.stage import Stage, eventually


def _attempts(stage: Stage, customer: Customer) -> list[Attempt]:
    return [a for a in stage.world.ledger.attempts if str(a.body.get("to", "")).lstrip("+") == customer.number]


async def _reached(ana: Agent, conversation_id: str, message_id: str, status: str) -> Json:
    async def reached() -> Json | None:
        message = await ana.message(conversation_id, message_id)
        return message if message["status"] == status else None

    message = await eventually(reached, 40.0)
    assert message is not None
    return message


@pytest.mark.parametrize("throttled", [0, 1])
async def test_a_disturbance_and_a_throttle_and_then_it_goes_through(stage: Stage, throttled: int) -> None:
    """`throttled` is the try that is answered with 429 and a Retry-After."""
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    faults = [Fault.error(131000, 500), Fault.error(131000, 500)]
    faults[throttled] = Fault.error(130429, 429, retry_after=2)
    for fault in faults:
        stage.world.faults.next(1, fault)
    reply = await ana.say(conversation_id, "Com paciência chega")
    message = await _reached(ana, conversation_id, reply["message_id"], "delivered")
    tries = _attempts(stage, customer)
    assert [a.outcome for a in tries] == ["fault:error", "fault:error", "accepted"]
    assert tries[throttled + 1].at - tries[throttled].at >= 1.9
    assert message["metadata"]["retry_count"] == 2
    assert message["attempt"] == 1
    assert len(stage.world.ledger.sends_to(customer.number)) == 1


async def test_those_who_fail_together_do_not_come_back_together(stage: Stage) -> None:
    ana = await stage.login()
    people = [await stage.conversation(ana) for _ in range(12)]
    for customer, _ in people:
        stage.world.faults.next(1, Fault.error(131000), to=customer.number)
    replies = [(c, cid, await ana.say(cid, "Um por um, por favor")) for c, cid in people]
    for _, conversation_id, reply in replies:
        await _reached(ana, conversation_id, reply["message_id"], "delivered")
    gaps = [second.at - first.at for first, second in (_attempts(stage, customer) for customer, _ in people)]
    assert max(gaps) - min(gaps) > 0.3


@pytest.mark.parametrize("code", [131026, 131047, 131051, 100])
async def test_a_refusal_for_good_is_not_repeated(stage: Stage, code: int) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.world.faults.next(9, Fault.error(code), to=customer.number)
    reply = await ana.say(conversation_id, "Esta não vai chegar")
    message = await _reached(ana, conversation_id, reply["message_id"], "failed")
    assert message["error"]["code"] == str(code)
    await stage.sent_out()
    assert len(_attempts(stage, customer)) == 1


async def test_a_limit_to_one_customer_holds_nobody_else(stage: Stage) -> None:
    ana = await stage.login()
    held, held_id = await stage.conversation(ana)
    free, free_id = await stage.conversation(ana)
    stage.world.faults.next(1, Fault.error(131056, retry_after=2), to=held.number)
    first = await ana.say(held_id, "Esta espera um pouco")
    second = await ana.say(held_id, "E esta espera por ela")

    async def refused() -> bool:
        return bool(_attempts(stage, held))

    await eventually(refused)
    other = await ana.say(free_id, "Esta não espera")
    await _reached(ana, free_id, other["message_id"], "delivered")
    for reply in (first, second):
        await _reached(ana, held_id, reply["message_id"], "delivered")
    assert _attempts(stage, free)[0].at < _attempts(stage, held)[1].at
    assert [bubble.text for bubble in held.inbox] == ["Esta espera um pouco", "E esta espera por ela"]
    await stage.world.quiet(PATIENCE)


async def test_a_revoked_token_stops_the_channel_and_loses_nothing(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.world.faults.revoke_token()
    replies = [await ana.say(conversation_id, f"Guardada até lá {number}") for number in range(3)]

    async def noticed() -> bool:
        return "the channel is down" in stage.log()

    await eventually(noticed)
    stage.world.faults.restore_token()
    for reply in replies:
        message = await _reached(ana, conversation_id, reply["message_id"], "delivered")
        assert message["attempt"] == 1
    assert [bubble.text for bubble in customer.inbox] == [f"Guardada até lá {number}" for number in range(3)]


async def test_whatsapp_out_of_reach_holds_everything_and_loses_nothing(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    await stage.world.stop()
    replies = [await ana.say(conversation_id, f"Sem rede {number}") for number in range(3)]

    async def noticed() -> bool:
        return "WhatsApp cannot be reached" in stage.log()

    await eventually(noticed)
    await stage.world.start(port=stage.hub.graph_port)
    for reply in replies:
        await _reached(ana, conversation_id, reply["message_id"], "delivered")
    assert [bubble.text for bubble in customer.inbox] == [f"Sem rede {number}" for number in range(3)]
    await stage.world.quiet(PATIENCE)
