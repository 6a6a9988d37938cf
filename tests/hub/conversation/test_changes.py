"""The steps that decisions share."""

from typing import Any

from hub.conversation.changes import agent_actor, announce, customer_actor, message_event, owned, phone_app_actor
from hub.conversation.commands import Context
from hub.conversation.effects import Effects
from hub.events import EventType
from hub.ids import uuid7


def test_who_did_it_is_named_the_same_way_everywhere(talk: Any) -> None:
    talk.arrives()
    actors = customer_actor(talk.conversation.customer), agent_actor(talk.author), phone_app_actor()
    assert [actor["type"] for actor in actors] == ["customer", "agent", "agent"]
    assert all(set(actor) == {"type", "id", "name"} for actor in actors)


def test_an_events_audience_is_the_conversations(talk: Any) -> None:
    message = talk.arrives()
    talk.change(team_id=talk.author.id)
    event = message_event(EventType.MESSAGE_UPDATED, talk.conversation, message, Context(talk.now, uuid7), {})
    assert event.audience.team_id == talk.author.id
    assert (event.conversation_seq, event.version) == (1, 1)
    assert set(event.data) == {"message", "conversation"}


def test_only_the_newest_message_changes_what_the_list_shows(talk: Any) -> None:
    older, newest = talk.arrives("older"), talk.arrives("newest")
    for message, text in ((older, "newest"), (newest, "newest")):
        effects = Effects()
        desk = announce(talk.desk, effects, message, EventType.MESSAGE_UPDATED, Context(talk.now, uuid7), {})
        assert desk.conversation is not None
        assert desk.conversation.last_message is not None
        assert desk.conversation.last_message["text"] == text
        assert list(effects.updates) == [message.id]


def test_an_address_is_noted_once(talk: Any) -> None:
    talk.arrives()
    effects = Effects()
    assert owned(talk.desk, effects, talk.party.identities) is talk.desk
    assert not effects
