import pytest

from hub.conversation.commands import Outcome
from hub.conversation.effects import OutboxRow
from hub.errors import Unavailable
from hub.ids import uuid7
from web.chat_app.carrier import ChatAppCarrier


@pytest.mark.parametrize("message_id", [uuid7(), None])
async def test_what_is_stored_is_sent(message_id: object) -> None:
    told: list[tuple[str, str]] = []

    async def was_read(channel: str, upto: str) -> None:
        told.append((channel, upto))

    carrier = ChatAppCarrier("app", was_read)
    row = OutboxRow(uuid7(), "app", uuid7(), 1, 1, {}, message_id=message_id)  # type: ignore[arg-type]
    assert await carrier.prepare(row) is None
    first, again = await carrier.send(row), await carrier.send(row)
    assert first == again
    assert (first.outcome, first.provider_id) == (Outcome.ACCEPTED, str(message_id or row.id))
    await carrier.mark_read("m-1")
    await carrier.typing("m-1")
    assert told == [("app", "m-1")]


async def test_a_gesture_that_fails_is_no_error() -> None:
    async def was_read(channel: str, upto: str) -> None:
        raise Unavailable

    await ChatAppCarrier("app", was_read).mark_read("m-1")
