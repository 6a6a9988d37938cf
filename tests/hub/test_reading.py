"""Read positions as they are told."""

from datetime import UTC, datetime

from hub.chat_app.inbox import TYPE
from hub.conversation.commands import Author, Context
from hub.conversation.state import Conversation, CustomerCard, Status
from hub.events import Audience
from hub.ids import uuid7
from hub.reading import Reading, told
from hub.webhook.endpoint import PRIVATE

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_nobody_but_the_reader_is_told_and_no_customer() -> None:
    reader, team_id = Author(uuid7(), "Ana"), uuid7()
    card = CustomerCard(uuid7(), "Maria", None, NOW)
    conversation = Conversation(uuid7(), 1, "app", TYPE, card, Status.OPEN, NOW, NOW, team_id=team_id)
    change = told(Reading(3, 2, "m-3", moved=True), conversation, reader, Context(NOW, uuid7))
    (event,) = change.effects.events
    assert event.audience == Audience(team_id, None, reader.id)
    assert event.audience.inbox_id is None
    assert event.data == {"read_seq": 3, "unread": 2}
    assert event.type in PRIVATE
    assert change.conversation is None
