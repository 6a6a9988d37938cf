"""What is told of a customer who was forgotten."""

from datetime import UTC, datetime

from hub.conversation.changes import SYSTEM
from hub.conversation.commands import Context
from hub.conversation.state import Conversation, CustomerCard, Status
from hub.erasure import Erased, told
from hub.ids import uuid7

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def test_every_conversation_is_told_of_as_it_is_now() -> None:
    card = CustomerCard(uuid7(), None, None, NOW)
    conversations = tuple(
        Conversation(uuid7(), n, "wa", "whatsapp", card, Status.CLOSED, NOW, NOW, team_id=uuid7()) for n in (1, 2)
    )
    change = told(Erased(conversations, ()), SYSTEM, Context(NOW, uuid7))
    assert change.conversation is None
    assert [event.conversation_id for event in change.effects.events] == [c.id for c in conversations]
    for event, conversation in zip(change.effects.events, conversations, strict=True):
        assert (event.type, event.data["erased"]) == ("conversation.updated", True)
        assert event.data["conversation"]["customer"]["name"] is None
        assert event.audience.team_id == conversation.team_id
