"""Two conversations of one customer become one."""

from datetime import timedelta
from typing import Any

import pytest

from hub.conversation.commands import Absorb, Author, Merge, Patch, Receive
from hub.conversation.receive import Moved
from hub.conversation.state import Status
from hub.errors import InvalidTransition, NotFound
from hub.ids import uuid7

ANA = Author(uuid7(), "Ana")


@pytest.mark.parametrize("status", [Status.PENDING, Status.OPEN, Status.SNOOZED, Status.RESOLVED])
def test_the_source_ends_and_what_comes_for_it_belongs_elsewhere(talk: Any, status: Status) -> None:
    talk.arrives()
    talk.change(status=status)
    target = uuid7()
    before = talk.conversation
    assert talk.play(Merge(ANA, target, 7)) == before
    (event,) = talk.effects.events
    assert (event.type, event.data["into"]) == ("conversation.merged", {"id": target, "number": 7})
    assert event.data["conversation"]["status"] == "closed"
    ended = talk.conversation
    assert (ended.status, ended.merged_into_id, ended.waiting_since) == (Status.CLOSED, target, None)
    assert (ended.snoozed_until, ended.version) == (None, before.version + 1)
    assert isinstance(talk.receive(talk.inbound()), Moved)
    talk.play(Merge(ANA, target, 7))
    assert not talk.effects
    with pytest.raises(InvalidTransition):
        talk.play(Merge(ANA, uuid7(), 8))


def test_the_target_takes_over_who_waits_and_the_tags(talk: Any, new_talk: Any) -> None:
    source = new_talk()
    source.arrives()
    source.change(tags=("vip", "late"))
    talk.later(minutes=5)
    talk.arrives()
    talk.change(tags=("late", "refund"))
    talk.play(Absorb(ANA, source.conversation))
    assert talk.told() == ["conversation.merged"]
    (event,) = talk.effects.events
    assert event.data["from"] == {"id": source.conversation.id, "number": source.conversation.number}
    assert talk.conversation.tags == ("late", "refund", "vip")
    assert talk.conversation.waiting_since == source.now
    assert talk.conversation.version == 2


@pytest.mark.parametrize("status", [Status.SNOOZED, Status.RESOLVED])
def test_who_waits_opens_the_target_and_who_does_not_leaves_it(talk: Any, new_talk: Any, status: Status) -> None:
    source = new_talk()
    source.arrives()
    talk.arrives()
    talk.play(Patch(ANA, status=status))
    talk.change(waiting_since=None)
    quiet = source.conversation
    talk.play(Absorb(ANA, new_talk_answered(new_talk)))
    assert talk.conversation.status is status
    talk.play(Absorb(ANA, quiet))
    assert talk.told() == ["conversation.merged", "conversation.status_changed"]
    assert (talk.conversation.status, talk.conversation.resolved_at) == (Status.OPEN, None)
    assert talk.conversation.waiting_since == quiet.waiting_since


def new_talk_answered(new_talk: Any) -> Any:
    answered = new_talk()
    answered.arrives()
    answered.reply()
    return answered.conversation


def test_nothing_is_merged_into_what_is_closed_or_is_not_there(talk: Any, new_talk: Any) -> None:
    source = new_talk()
    source.arrives()
    for command in (Merge(ANA, uuid7(), 1), Absorb(ANA, source.conversation)):
        with pytest.raises(NotFound):
            talk.play(command)
    talk.arrives()
    talk.change(status=Status.CLOSED)
    with pytest.raises(InvalidTransition):
        talk.play(Absorb(ANA, source.conversation))


def test_what_comes_through_another_channel_stays_that_channels(talk: Any) -> None:
    talk.arrives(at=talk.now - timedelta(hours=5))
    before = talk.desk
    talk.play(Receive((talk.inbound("from the app"),), channel="app", channel_type="chat_app"))
    message, now = talk.last, talk.conversation
    assert (message.channel, message.internal["channel_type"], message.seq) == ("app", "chat_app", 2)
    assert (now.channel, now.channel_type) == ("c", "whatsapp")
    assert now.window_opened_at == before.conversation.window_opened_at
    assert talk.desk.addresses == before.addresses
    assert [event.data["message"]["channel"] for event in talk.effects.events] == ["chat_app"]
    talk.play(Patch(ANA, status=Status.RESOLVED))
    talk.play(Receive((talk.inbound("again"),), channel="app", channel_type="chat_app"))
    (changed,) = [e for e in talk.effects.events if e.type == "conversation.status_changed"]
    assert changed.data["conversation"]["channel"] == {"name": "c", "type": "whatsapp"}
