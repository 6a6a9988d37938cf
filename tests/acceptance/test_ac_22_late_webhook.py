"""AC-22: a message that was delivered late shows when it was written; its place is where it arrived."""

from datetime import UTC, datetime, timedelta

from hub.demo.whatsapp import Customer
from tests.acceptance.agent import Agent, Json
from tests.acceptance.stage import Stage


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


async def _deliver(stage: Stage, customer: Customer, text: str, at: datetime | str) -> None:
    draft = customer.draft("text", {"body": text})
    draft["timestamp"] = at if isinstance(at, str) else str(int(at.timestamp()))
    assert (await stage.deliver(stage.written((customer, draft)))).status == 200


async def _conversation(ana: Agent, customer: Customer) -> Json:
    return await ana.conversation_of(customer.identity.name)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_time_is_the_channels_and_order_is_ours(stage: Stage) -> None:
    ana = await stage.login()
    live = await ana.socket()
    customer, now = stage.customer(), _now()
    times = [now - timedelta(minutes=5), now - timedelta(hours=3), now - timedelta(minutes=1), now - timedelta(days=2)]
    for number, at in enumerate(times):
        await _deliver(stage, customer, f"Entregue em outra ordem {number}", at)
    conversation = await _conversation(ana, customer)
    messages = await ana.messages(conversation["id"])
    assert [m["conversation_seq"] for m in messages] == [1, 2, 3, 4]
    assert [_moment(m["timestamp"]) for m in messages] == times
    assert _moment(conversation["window_expires_at"]) == times[2] + timedelta(days=1)
    assert _moment(conversation["waiting_since"]) == times[0]
    await live.until(lambda stream: len(stream.of("message.received")) == 4)
    assert [_moment(f["data"]["message"]["timestamp"]) for f in live.of("message.received")] == times


async def test_within_one_delivery_the_channels_time_decides(stage: Stage) -> None:
    ana = await stage.login()
    customer, now = stage.customer(), _now()
    drafts = []
    for minutes in (1, 3, 2):
        draft = customer.draft("text", {"body": f"Há {minutes} minutos atrás"})
        draft["timestamp"] = str(int((now - timedelta(minutes=minutes)).timestamp()))
        drafts.append((customer, draft))
    assert (await stage.deliver(stage.written(*drafts))).status == 200
    messages = await ana.messages((await _conversation(ana, customer))["id"])
    assert [m["content"]["text"] for m in messages] == [f"Há {minutes} minutos atrás" for minutes in (3, 2, 1)]


async def test_a_message_late_by_more_than_a_day_does_not_open_the_window(stage: Stage) -> None:
    ana = await stage.login()
    customer = stage.customer()
    await _deliver(stage, customer, "Preso na rede por dias", _now() - timedelta(days=5))
    conversation = await _conversation(ana, customer)
    assert (await ana.get(f"conversations/{conversation['id']}/window"))["open"] is False
    assert (await ana.write(conversation["id"], "Tarde demais?")).status == 409


async def test_a_clock_that_is_wrong_is_kept_within_reason(stage: Stage) -> None:
    ana = await stage.login()
    customer = stage.customer()
    for wrong in ("99999999999999", "-1", "abc", str(int((_now() + timedelta(days=400)).timestamp()))):
        await _deliver(stage, customer, f"Relógio errado {wrong}", wrong)
    conversation = await _conversation(ana, customer)
    messages = await ana.messages(conversation["id"])
    assert len(messages) == 4
    latest = _now() + timedelta(minutes=6)
    assert all(datetime(2009, 1, 1, tzinfo=UTC) <= _moment(m["timestamp"]) <= latest for m in messages)
    assert _moment(conversation["window_expires_at"]) <= _now() + timedelta(days=1, seconds=1)
