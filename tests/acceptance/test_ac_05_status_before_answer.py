"""AC-5: a status that arrives before the hub knows the message's id is not lost."""

from hub.demo.whatsapp import Fault
from tests.acceptance.agent import PATIENCE, Agent, Json
from tests.acceptance.stage import Stage, eventually


async def _settled(stage: Stage, ana: Agent, conversation_id: str, message_id: str) -> Json:
    await stage.sent_out()
    await stage.world.quiet(PATIENCE)

    async def delivered() -> Json | None:
        message = await ana.message(conversation_id, message_id)
        return message if message["status"] == "delivered" else None

    message = await eventually(delivered)
    assert message is not None
    return message


async def test_sent_is_reported_before_the_send_is_answered(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.world.faults.next(1, Fault.status_first())
    reply = await ana.say(conversation_id, "O status chega primeiro")
    message = await _settled(stage, ana, conversation_id, reply["message_id"])
    (send,) = stage.world.ledger.sends_to(customer.number)
    assert message["channel_message_id"] == send.wamid
    assert message["attempt"] == 1


async def test_delivered_is_reported_before_the_send_is_answered(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.world.faults.next(1, Fault.hang(0.6))
    reply = await ana.say(conversation_id, "Entregue antes da resposta")
    message = await _settled(stage, ana, conversation_id, reply["message_id"])
    (send,) = stage.world.ledger.sends_to(customer.number)
    assert message["channel_message_id"] == send.wamid
    assert len(stage.world.ledger.attempts) == 1


async def test_a_report_that_does_not_name_our_message_waits_for_its_id(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.mute()
    stage.world.faults.next(1, Fault.hang(0.6))
    reply = await ana.say(conversation_id, "Sem referência nenhuma")

    async def accepted() -> bool:
        return bool(stage.world.ledger.sends_to(customer.number))

    await eventually(accepted)
    (send,) = stage.world.ledger.sends_to(customer.number)
    value = stage.world.statuses.compose(send, "delivered", customer.identity)
    del value["statuses"][0]["biz_opaque_callback_data"]
    assert (await stage.deliver(stage.body(value))).status == 200
    assert await stage.value("select count(*) from delivery_reports where message_id is null") == 1
    await _settled(stage, ana, conversation_id, reply["message_id"])
    assert await stage.value("select count(*) from delivery_reports where message_id is null") == 0
