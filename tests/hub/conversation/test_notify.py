"""Who is told that a conversation is his."""

from typing import Any

import attrs

from hub.conversation.commands import Author, Patch, Take
from hub.ids import uuid7

BEN = Author(uuid7(), "Ben")


def test_whoever_is_given_a_conversation_is_told(talk: Any) -> None:
    talk.arrives()
    talk.play(Patch(talk.author, assignee=BEN))
    (notification,) = talk.effects.notifications
    assert (notification.user_id, notification.kind, notification.actor["name"]) == (BEN.id, "assigned", "Ana")
    event = talk.effects.events[-1]
    assert (event.type, event.conversation_id) == ("notification.created", talk.conversation.id)
    assert attrs.astuple(event.audience)[:3] == (None, BEN.id, BEN.id)


def test_nobody_is_told_of_what_he_did_himself_or_of_what_was_so(talk: Any) -> None:
    talk.arrives()
    talk.play(Take(BEN))
    assert not talk.effects.notifications
    talk.play(Patch(talk.author, priority=2, assignee=BEN))
    assert not talk.effects.notifications
    talk.play(Patch(talk.author, assignee=None))
    assert not talk.effects.notifications
