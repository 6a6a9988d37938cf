"""AC-11: a message with a file is there at once; its file follows as soon as it is to be had."""

import asyncio
import hashlib

import pytest

from hub.demo.whatsapp import Customer, Fault, Habits, files
from tests.acceptance.agent import PATIENCE, Agent, Json
from tests.acceptance.stage import BEN, Stage, eventually

OPTIONS = {"media.retry_first": "50ms", "media.retry_most": "200ms", "media.tries": "8"}

FAILURES = 5


async def _shown(stage: Stage, ana: Agent, customer: Customer) -> Json:
    """The only message of this customer."""
    await stage.world.quiet(PATIENCE)
    (message,) = await ana.messages((await ana.conversation_of(customer.identity.name))["id"])
    return message


async def _settled(ana: Agent, message: Json, state: str, patience: float = 20.0) -> Json:
    async def settled() -> Json | None:
        now = await ana.message(message["conversation_id"], message["message_id"])
        return now if now["content"]["metadata"]["media"]["state"] == state else None

    found = await eventually(settled, patience)
    assert found is not None
    return found


@pytest.mark.parametrize("on", ["media", "download"])
async def test_the_message_is_shown_at_once_and_the_file_follows(stage: Stage, on: str) -> None:
    ana = await stage.login()
    live = await ana.socket()
    stage.world.world.habits = Habits(announce_media_url=on == "download")
    stage.world.faults.next(FAILURES, Fault.error(2, 503), on=on)
    customer = stage.customer()
    picture = files.picture()
    await customer.send_image(picture, caption="O comprovante de ontem")
    message = await _shown(stage, ana, customer)
    assert message["content"]["text"] == "O comprovante de ontem"
    first = live.of("message.received")[-1]["data"]["message"]["content"]["metadata"]["media"]
    assert (first["state"], first["mime_type"]) == ("pending", "image/png")
    found = (await _settled(ana, message, "stored"))["content"]
    assert found["metadata"]["media"]["size"] == len(picture)
    answer = await ana.request("GET", found["media_url"])
    assert (answer.status, answer.raw) == (200, picture)
    assert answer.headers["Content-Type"] == "image/png"
    await live.until(lambda stream: stream.of("message.updated"))
    told = [frame["data"]["message"]["content"]["metadata"]["media"]["state"] for frame in live.of("message.updated")]
    assert told == ["stored"]
    assert stage.world.faults.take(on) is None


async def test_a_file_that_never_comes_is_said_to_be_lost_and_the_message_stays(stage: Stage) -> None:
    ana = await stage.login()
    stage.world.faults.always(1.0, Fault.error(2, 503), on="media")
    stage.world.faults.always(1.0, Fault.error(2, 503), on="download")
    customer = stage.customer()
    await customer.send_document(caption="O contrato assinado")
    message = await _shown(stage, ana, customer)
    lost = await _settled(ana, message, "failed")
    assert lost["content"]["metadata"]["media"]["reason"]
    assert lost["content"]["text"] == "O contrato assinado"
    assert (await ana.request("GET", message["content"]["media_url"])).status == 404


async def test_a_hub_that_is_killed_fetches_the_file_afterwards(stage: Stage) -> None:
    ana = await stage.login()
    stage.world.faults.next(100, Fault.error(2, 503), on="download")
    customer = stage.customer()
    note = files.voice_note(1.0)
    await customer.send_audio(note)
    message = await _shown(stage, ana, customer)
    stage.hub.kill()
    stage.world.faults.clear()
    await stage.hub.start()
    # What the killed one had begun is free when its lease lapses.
    await _settled(ana, message, "stored", 60.0)
    answer = await ana.request("GET", message["content"]["media_url"])
    assert hashlib.sha256(answer.raw).digest() == hashlib.sha256(note).digest()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"])
async def test_an_address_that_a_webhook_makes_up_gets_neither_the_token_nor_a_call(stage: Stage, host: str) -> None:
    calls: list[bytes] = []

    async def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(await reader.read(1000))
        writer.close()

    async with await asyncio.start_server(called, "127.0.0.1", 0) as trap:
        url = f"http://{host}:{trap.sockets[0].getsockname()[1]}/x"
        ana, customer = await stage.login(), stage.customer()
        draft = customer.draft("image", {"id": "no-such-file", "mime_type": "image/png", "url": url})
        assert (await stage.deliver(stage.written((customer, draft)))).status == 200
        lost = await _settled(ana, await _shown(stage, ana, customer), "failed")
    assert lost["content"]["metadata"]["media"]["reason"]
    assert calls == []


async def test_only_who_sees_the_conversation_gets_its_files(stage: Stage) -> None:
    ana, ben = await stage.login(), await stage.login(BEN)
    customer = stage.customer()
    await customer.send_image(caption="Só para a equipe")
    message = await _settled(ana, await _shown(stage, ana, customer), "stored")
    path = message["content"]["media_url"]
    assert (await ben.request("GET", path)).status == 200
    async with stage.session.get(stage.hub.url + path) as answer:
        assert answer.status == 401
    other = path.rpartition("/")[0] + "/01930000-0000-7000-8000-000000000000"
    assert (await ana.request("GET", other)).status == 404
