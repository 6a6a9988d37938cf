"""AC-7: an agent's request that is repeated, because the network is weak, sends one message."""

import asyncio
from uuid import uuid4

from hub.demo.whatsapp import Fault
from tests.acceptance.agent import PATIENCE
from tests.acceptance.stage import BEN, Stage

COPIES = 20


async def test_the_same_client_id_in_parallel_is_one_message_and_one_send(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    client_id = str(uuid4())
    answers = await asyncio.gather(*(ana.write(conversation_id, "Só uma vez", client_id) for _ in range(COPIES)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.raw for answer in answers}) == 1
    await stage.sent_out()
    await stage.world.quiet(PATIENCE)
    assert [bubble.text for bubble in customer.inbox] == ["Só uma vez"]
    assert len(stage.world.ledger.attempts) == 1
    assert len(await stage.stored(customer)) == 2


async def test_a_repetition_after_the_message_arrived_is_still_the_same(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    client_id = str(uuid4())
    first = await ana.write(conversation_id, "Chegou?", client_id)
    await stage.sent_out()
    await stage.world.quiet(PATIENCE)
    stage.hub.kill()
    await stage.hub.start()
    again = await ana.write(conversation_id, "Chegou?", client_id)
    assert again.status == 201
    assert again.raw == first.raw
    await stage.sent_out()
    assert len(stage.world.ledger.sends_to(customer.number)) == 1
    assert len(await stage.stored(customer)) == 2


async def test_the_same_client_id_with_other_words_is_refused(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    client_id = str(uuid4())
    assert (await ana.write(conversation_id, "A primeira versão", client_id)).status == 201
    other = await ana.write(conversation_id, "Uma outra versão", client_id)
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
    await stage.sent_out()
    assert [send.text for send in stage.world.ledger.sends_to(customer.number)] == ["A primeira versão"]
    await stage.world.quiet(PATIENCE)


async def test_an_idempotency_key_covers_the_whole_request(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    path, body = f"/api/v1/conversations/{conversation_id}/messages", {"client_id": str(uuid4()), "text": "Com chave"}
    key = {"Idempotency-Key": str(uuid4())}
    first = await ana.request("POST", path, body, **key)
    again = await ana.request("POST", path, body, **key)
    assert (first.status, again.status) == (201, 201)
    assert again.raw == first.raw
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await ana.request("POST", path, {**body, "client_id": str(uuid4())}, **key)
    assert (other.status, other.json["code"]) == (422, "idempotency_key_reused")
    await stage.sent_out()
    assert len(stage.world.ledger.sends_to(customer.number)) == 1
    await stage.world.quiet(PATIENCE)


async def test_two_agents_with_the_same_client_id_do_not_get_each_others_words_sent(stage: Stage) -> None:
    ana, ben = await stage.login(), await stage.login(BEN)
    customer, conversation_id = await stage.conversation(ana)
    client_id = str(uuid4())
    assert (await ana.write(conversation_id, "Ana escreve", client_id)).status == 201
    assert (await ben.write(conversation_id, "Ben escreve", client_id)).status == 422
    await stage.sent_out()
    assert [send.text for send in stage.world.ledger.sends_to(customer.number)] == ["Ana escreve"]
    await stage.world.quiet(PATIENCE)


async def test_a_template_repeated_while_whatsapp_lists_no_templates(stage: Stage) -> None:
    """What the customer will read is not known then, which makes it no other message."""
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.world.add_template("aviso", "pt_BR", "Seu pedido {{numero}} saiu")
    path = f"/api/v1/conversations/{conversation_id}/messages"
    template = {"name": "aviso", "language": "pt_BR", "parameters": ["77-3041"]}
    body = {"client_id": str(uuid4()), "template": template}
    assert (await ana.request("POST", path, body)).status == 201
    assert (await customer.next_message(0, PATIENCE)).text == "Seu pedido 77-3041 saiu"
    await stage.world.quiet(PATIENCE)
    stage.hub.stop()
    stage.world.faults.always(1.0, Fault.error(131000), on="templates")
    await stage.hub.start()
    assert (await ana.request("POST", path, body)).status == 201
    other = {**body, "template": {**template, "parameters": ["88-0000"]}}
    assert (await ana.request("POST", path, other)).status == 422
    await stage.sent_out()
    assert len(stage.world.ledger.sends_to(customer.number)) == 1
