"""AC-9: sending a failed message again is a second attempt of its own, with an id of its own."""

import asyncio

from hub.demo.whatsapp import Fault
from tests.acceptance.agent import PATIENCE, Agent, Json
from tests.acceptance.stage import Stage, eventually


async def _failed(ana: Agent, conversation_id: str, message_id: str) -> Json:
    async def failed() -> Json | None:
        message = await ana.message(conversation_id, message_id)
        return message if message["status"] == "failed" else None

    message = await eventually(failed)
    assert message is not None
    return message


async def _retry(stage: Stage, ana: Agent, conversation_id: str, message_id: str) -> Json:
    answer = await ana.request("POST", f"/api/v1/messages/{message_id}/retry")
    assert answer.status == 200, answer.raw
    assert (answer.json["status"], answer.json["attempt"], answer.json["error"]) == ("pending", 2, None)
    await stage.sent_out()
    await stage.world.quiet(PATIENCE)

    async def delivered() -> Json | None:
        message = await ana.message(conversation_id, message_id)
        return message if message["status"] == "delivered" else None

    message = await eventually(delivered)
    assert message is not None
    return message


async def _attempts(stage: Stage, message_id: str) -> list[tuple[int, str | None, str, str | None]]:
    rows = await stage.rows(
        "select attempt, provider_id, status::text, error_code from attempts where message_id = $1 order by attempt",
        message_id,
    )
    return [tuple(row) for row in rows]


async def test_retry_of_a_message_that_whatsapp_refused(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.world.faults.next(1, Fault.error(131026))
    reply = await ana.say(conversation_id, "Recusada de início")
    refused = await _failed(ana, conversation_id, reply["message_id"])
    assert refused["error"]["code"] == "131026"
    assert refused["error"]["reason"]
    (shown,) = [c for c in await ana.conversations() if c["id"] == conversation_id]
    assert shown["failed"] == 1
    message = await _retry(stage, ana, conversation_id, reply["message_id"])
    (send,) = stage.world.ledger.sends_to(customer.number)
    assert message["channel_message_id"] == send.wamid
    assert await _attempts(stage, reply["message_id"]) == [
        (1, None, "failed", "131026"),
        (2, send.wamid, "delivered", None),
    ]
    (shown,) = [c for c in await ana.conversations() if c["id"] == conversation_id]
    assert shown["failed"] == 0


async def test_retry_of_a_message_that_failed_after_it_was_taken(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.world.faults.next(1, Fault.fails_later(131026))
    reply = await ana.say(conversation_id, "Aceita e depois falha")
    await _failed(ana, conversation_id, reply["message_id"])
    message = await _retry(stage, ana, conversation_id, reply["message_id"])
    first, second = stage.world.ledger.sends_to(customer.number)
    assert first.wamid != second.wamid
    assert message["channel_message_id"] == second.wamid
    assert await _attempts(stage, reply["message_id"]) == [
        (1, first.wamid, "failed", "131026"),
        (2, second.wamid, "delivered", None),
    ]


async def test_a_message_that_did_not_fail_cannot_be_sent_again(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    reply = await ana.say(conversation_id, "Tudo certo com esta")
    await stage.sent_out()
    await stage.world.quiet(PATIENCE)
    answer = await ana.request("POST", f"/api/v1/messages/{reply['message_id']}/retry")
    assert (answer.status, answer.json["code"]) == (409, "invalid_transition")
    assert len(stage.world.ledger.sends_to(customer.number)) == 1


async def test_two_people_retry_at_once_and_one_attempt_is_made(stage: Stage) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    stage.world.faults.next(1, Fault.error(131026))
    reply = await ana.say(conversation_id, "Dois cliques de uma vez")
    await _failed(ana, conversation_id, reply["message_id"])
    path = f"/api/v1/messages/{reply['message_id']}/retry"
    answers = await asyncio.gather(*(ana.request("POST", path) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    await stage.sent_out()
    await stage.world.quiet(PATIENCE)
    assert len(stage.world.ledger.sends_to(customer.number)) == 1
