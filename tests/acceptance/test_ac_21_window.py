"""AC-21: outside WhatsApp's 24 hours nothing but a template is sent, to the second."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

from hub.demo.whatsapp import Customer, Fault
from tests.acceptance.agent import PATIENCE, Agent, Answer
from tests.acceptance.stage import Stage

DAY = 86400


def _now() -> float:
    return datetime.now(UTC).timestamp()


async def _written_at(stage: Stage, ana: Agent, seconds: int) -> tuple[Customer, str]:
    """Somebody's first message, written at that time and delivered now."""
    customer = stage.customer()
    draft = customer.draft("text", {"body": "Escrito há um tempo"})
    draft["timestamp"] = str(seconds)
    assert (await stage.deliver(stage.written((customer, draft)))).status == 200
    return customer, (await ana.conversation_of(customer.identity.name))["id"]


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


async def test_the_window_closes_at_its_second(stage: Stage) -> None:
    ana = await stage.login()
    written = int(_now()) - DAY + 3
    customer, conversation_id = await _written_at(stage, ana, written)
    closes = written + DAY
    (shown,) = [c for c in await ana.conversations() if c["id"] == conversation_id]
    assert _seconds(shown["window_expires_at"]) == closes
    tries: list[tuple[float, Answer, float]] = []
    while _now() < closes + 1:
        began = _now()
        answer = await ana.write(conversation_id, "Ainda dá tempo?")
        tries.append((began, answer, _now()))
        await asyncio.sleep(0.1)
    for began, answer, ended in tries:
        if ended < closes:
            assert answer.status == 201
        elif began > closes:
            assert (answer.status, answer.json["code"]) == (409, "window_closed")
            assert _seconds(answer.json["expires_at"]) == closes
    assert tries[0][2] < closes < tries[-1][0]
    await stage.sent_out()
    taken = sum(answer.status == 201 for _, answer, _ in tries)
    assert len(stage.world.ledger.sends_to(customer.number)) == taken
    await stage.world.quiet(PATIENCE)


async def test_closed_from_the_start_a_template_still_goes_out(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await _written_at(stage, ana, int(_now()) - DAY - 1)
    stage.world.add_template("retomar", "pt_BR", "Olá, {{1}}! Podemos continuar?")
    assert (await ana.get(f"conversations/{conversation_id}/window"))["open"] is False
    path = f"/api/v1/conversations/{conversation_id}/messages"
    text = await ana.request("POST", path, {"client_id": str(uuid4()), "text": "Com texto não dá"})
    assert (text.status, text.json["code"]) == (409, "window_closed")
    template = {"name": "retomar", "language": "pt_BR", "parameters": ["Clarice"]}
    answer = await ana.request("POST", path, {"client_id": str(uuid4()), "template": template})
    assert answer.status == 201, answer.raw
    bubble = await customer.next_message(0, PATIENCE)
    assert bubble.text == "Olá, Clarice! Podemos continuar?"
    assert [send.type for send in stage.world.ledger.sends_to(customer.number)] == ["template"]
    await stage.world.quiet(PATIENCE)


async def test_the_customers_answer_opens_it_again(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await _written_at(stage, ana, int(_now()) - 2 * DAY)
    assert (await ana.write(conversation_id, "Fechado por enquanto")).status == 409
    await customer.say("Estou de volta")
    await stage.world.quiet(PATIENCE)
    assert (await ana.write(conversation_id, "Que bom!")).status == 201
    assert (await customer.next_message(0, PATIENCE)).text == "Que bom!"
    await stage.world.quiet(PATIENCE)


async def test_whatsapp_knows_better_and_the_window_is_closed_here_too(stage: Stage) -> None:
    ana = await stage.login()
    _, conversation_id = await stage.conversation(ana)
    stage.world.faults.next(1, Fault.error(131047))
    assert (await ana.write(conversation_id, "WhatsApp discorda")).status == 201
    await stage.sent_out()
    answer = await ana.write(conversation_id, "Agora o hub também sabe")
    assert (answer.status, answer.json["code"]) == (409, "window_closed")
