"""The customer's side speaks."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.conversation.changes import BUSINESS_APP
from hub.conversation.commands import Receive, Rules
from hub.conversation.receive import Moved
from hub.conversation.state import Status
from hub.delivery import DeliveryStatus
from hub.ids import uuid7
from hub.inbound import Identity, IdentityChange, IdentityKind, Note, Party
from hub.message import Content, ContentType, Direction, Media

NEW_PHONE = Identity(IdentityKind.WA_ID, "351910000002")


def test_the_first_message_opens_the_conversation_and_makes_the_customer(talk: Any) -> None:
    assert talk.receive(talk.inbound("Olá")) == 1
    conversation = talk.conversation
    assert talk.told() == ["conversation.new", "message.received"]
    assert (conversation.status, conversation.last_seq, conversation.revision) == (Status.OPEN, 1, 1)
    assert [customer.id for customer, _ in talk.effects.customers] == [conversation.customer.id]
    assert {owned.identity for owned in talk.effects.identities} == set(talk.party.identities)
    assert talk.desk.addresses == set(talk.party.identities)
    assert talk.last.status is DeliveryStatus.RECEIVED


def test_without_an_opening_what_has_no_conversation_moves(talk: Any) -> None:
    assert isinstance(talk.play(Receive((talk.inbound(),))), Moved)
    note = Note("n", "opt_out", talk.party, talk.now)
    assert isinstance(talk.play(Receive((note,))), Moved)
    assert talk.receive() == 0
    assert talk.receive(note) == 0
    assert [event.field for event in talk.effects.channel_events] == ["opt_out"]
    assert talk.desk.conversation is None


def test_messages_are_numbered_in_the_order_given(talk: Any) -> None:
    assert talk.receive(*(talk.inbound(str(n)) for n in range(3)), talk.echo("3")) == 4
    assert [(m.seq, m.text) for m in talk.thread] == [(n + 1, str(n)) for n in range(4)]


# Clocks


def test_a_late_delivery_counts_from_the_channels_clock(talk: Any) -> None:
    """Display and window use the channel's time; the order uses our number."""
    said = talk.now - timedelta(hours=20)
    message = talk.arrives(at=said)
    assert (message.at, message.created_at) == (said, talk.now)
    assert talk.conversation.window_opened_at == talk.conversation.waiting_since == said
    assert talk.conversation.last_message_at == talk.now
    talk.arrives("earlier still", at=said - timedelta(hours=1))
    assert talk.conversation.window_opened_at == said
    assert talk.last.text == "earlier still"


def test_a_clock_that_is_ahead_gives_no_longer_window(talk: Any) -> None:
    talk.arrives(at=talk.now + timedelta(minutes=4))
    assert talk.conversation.window_opened_at == talk.conversation.waiting_since == talk.now


def test_what_opens_no_window_opens_none(talk: Any) -> None:
    talk.arrives(opens_window=False)
    assert talk.conversation.window_opened_at is None


def test_a_broken_clock_is_noted(talk: Any) -> None:
    assert talk.arrives(clock_flag="no_timestamp").metadata["clock"] == "no_timestamp"


@settings(max_examples=150, deadline=None)
@given(moments=st.lists(st.tuples(st.integers(-200_000, 400), st.integers(0, 5_000)), min_size=1, max_size=12))
def test_the_window_counts_from_the_newest_word_never_from_the_future(
    new_talk: Any, moments: list[tuple[int, int]]
) -> None:
    talk, words = new_talk(), []
    for offset, pause in moments:
        talk.later(seconds=pause)
        at = talk.now + timedelta(seconds=offset)
        words.append(min(at, talk.now))
        talk.arrives(at=at)
        assert talk.conversation.window_opened_at == max(words)
        assert talk.conversation.waiting_since == words[0]


# Waiting


def test_who_waits_waits_since_the_first_unanswered_word(talk: Any) -> None:
    talk.arrives()
    since = talk.now
    talk.later(minutes=5)
    talk.arrives()
    assert talk.conversation.waiting_since == since
    talk.receive(talk.echo())
    assert talk.conversation.waiting_since is None
    assert talk.conversation.first_reply_at == talk.now
    first = talk.now
    again = talk.later(minutes=5)
    talk.arrives()
    assert talk.conversation.waiting_since == again
    assert talk.conversation.first_reply_at == first


def test_an_echo_that_comes_late_answers_nothing_said_after_it(talk: Any) -> None:
    talk.later(minutes=5)
    talk.arrives()
    talk.receive(talk.echo(at=talk.now - timedelta(minutes=1)))
    assert talk.conversation.waiting_since == talk.now
    talk.receive(talk.echo(at=talk.now))
    assert talk.conversation.waiting_since is None


# Status


@pytest.mark.parametrize(
    ("before", "reached", "told"),
    [
        (Status.PENDING, Status.PENDING, []),
        (Status.OPEN, Status.OPEN, []),
        (Status.SNOOZED, Status.OPEN, ["conversation.status_changed"]),
        (Status.RESOLVED, Status.OPEN, ["conversation.status_changed"]),
    ],
)
def test_the_customers_word_wakes(talk: Any, before: Status, reached: Status, told: list[str]) -> None:
    talk.arrives()
    resolved = talk.now if before is Status.RESOLVED else None
    talk.change(status=before, snoozed_until=talk.now if before is Status.SNOOZED else None, resolved_at=resolved)
    version = talk.conversation.version
    talk.arrives()
    conversation = talk.conversation
    assert conversation.status is reached
    assert talk.told() == [*told, "message.received"]
    assert conversation.version == version + bool(told)
    assert (conversation.snoozed_until, conversation.resolved_at) == (None, None)


@pytest.mark.parametrize(("seconds", "goes_on"), [(-1, True), (0, True), (1, False)])
def test_a_resolved_conversation_goes_on_within_the_channels_window(talk: Any, seconds: int, goes_on: bool) -> None:
    talk.rules = Rules(reopen_window=timedelta(days=2))
    talk.arrives()
    talk.change(status=Status.RESOLVED, resolved_at=talk.now)
    talk.later(days=2, seconds=seconds)
    answer = talk.receive(talk.inbound("again"))
    if goes_on:
        assert (answer, talk.conversation.status) == (1, Status.OPEN)
    else:
        assert isinstance(answer, Moved)
        assert talk.conversation.status is Status.CLOSED
        assert talk.told() == ["conversation.status_changed"]
        assert not talk.effects.messages
        assert isinstance(talk.receive(talk.inbound("once more")), Moved)
        assert not talk.effects


def test_a_note_neither_closes_nor_wakes(talk: Any) -> None:
    talk.arrives()
    talk.change(status=Status.RESOLVED, resolved_at=talk.now)
    talk.later(days=30)
    assert talk.receive(Note("n", "security", talk.party, talk.now, {"a": 1})) == 0
    assert talk.conversation.status is Status.RESOLVED
    assert talk.told() == ["conversation.updated"]


def test_where_a_bot_comes_first_a_conversation_begins_as_pending(talk: Any) -> None:
    talk.rules = Rules(opens_as=Status.PENDING)
    talk.arrives()
    assert talk.conversation.status is Status.PENDING


# What a message carries


def test_an_echo_is_the_companys_and_sent(talk: Any) -> None:
    talk.receive(talk.echo("from the phone", wamid="wamid.E"))
    message = talk.last
    assert (message.direction, message.status, message.sender.name) == (
        Direction.OUTBOUND,
        DeliveryStatus.SENT,
        BUSINESS_APP,
    )
    assert talk.told() == ["conversation.new", "message.sent"]
    assert [attempt.provider_id for attempt in talk.effects.attempts.values()] == ["wamid.E"]
    assert talk.conversation.window_opened_at is None


def test_a_quote_is_shown_when_its_message_is_here(talk: Any) -> None:
    quoted = talk.arrives("the long story " * 50, wamid="wamid.1")
    answer = talk.arrives(reply_to="wamid.1")
    assert answer.reply_to["message_id"] == quoted.id
    assert len(answer.reply_to["text"]) == 160
    assert answer.metadata["reply_to"] == "wamid.1"
    assert talk.arrives(reply_to="wamid.unknown").reply_to is None


@pytest.mark.parametrize(("failed", "state"), [(None, "pending"), ("too large", "failed")])
def test_an_attachment_is_announced(talk: Any, failed: str | None, state: str) -> None:
    media = Media("m1", mime_type="audio/ogg", failed=failed)
    message = talk.arrives(content=Content(ContentType.AUDIO, None, media, {"voice": True}))
    assert message.content_metadata["media"] == {
        "id": message.media_id,
        "state": state,
        "mime_type": "audio/ogg",
        "filename": None,
        "size": None,
        "reason": failed,
        "voice": True,
    }
    assert [(new.id, new.message_id) for new in talk.effects.media] == [(message.media_id, message.id)]


# The customer


def test_a_new_name_and_a_learned_number_are_noted_once(talk: Any) -> None:
    talk.arrives()
    talk.later(minutes=1)
    talk.receive(talk.inbound(), name="Marta", learned=(NEW_PHONE,))
    assert talk.effects.customer_updates == [(talk.conversation.customer.id, "Marta", {}, talk.now)]
    assert [owned.identity for owned in talk.effects.identities] == [NEW_PHONE]
    assert talk.last.sender.name == "Marta"
    talk.receive(talk.inbound(), name="Marta", learned=(NEW_PHONE,))
    assert not talk.effects.customer_updates
    assert not talk.effects.identities


def test_a_changed_number_replaces_the_old_one(talk: Any) -> None:
    talk.arrives()
    _, old = talk.party.identities
    change = IdentityChange("s1", talk.party, (NEW_PHONE,), "user_changed_number", "Maria changed", talk.now)
    talk.receive(change)
    assert [(lost.identity, lost.moved) for lost in talk.effects.lost_identities] == [(old, False)]
    assert [(owned.identity, owned.moved) for owned in talk.effects.identities] == [(NEW_PHONE, True)]
    assert talk.desk.addresses == {talk.party.identities[0], NEW_PHONE}
    assert talk.conversation.customer.phone == NEW_PHONE.value
    assert talk.effects.events[0].data["note"] == {"kind": "user_changed_number", "text": "Maria changed"}


def test_the_same_event_of_the_channel_is_the_same_row(talk: Any) -> None:
    talk.arrives()
    note = Note("n1", "call", talk.party, talk.now, {"a": 1}, opens_window=True)
    other = Note(None, "call", talk.party, talk.now)
    rows = []
    for item in (note, note, other, other):
        talk.receive(item)
        rows += [event.id for event in talk.effects.channel_events]
    assert len(set(rows)) == 2
    assert rows[0] == rows[1]


def test_a_call_opens_the_window(talk: Any) -> None:
    talk.receive(talk.echo())
    talk.receive(Note("n1", "call", Party(()), talk.now - timedelta(hours=1), opens_window=True))
    assert talk.conversation.window_opened_at == talk.now - timedelta(hours=1)


def test_a_file_that_is_here_already_is_not_fetched(new_talk: Any) -> None:
    talk = new_talk("chat_app")
    media = Media(stored=uuid7(), mime_type="image/png", filename="a.png", size=7)
    message = talk.arrives(content=Content(ContentType.IMAGE, None, media))
    assert (message.media_id, talk.effects.media) == (media.stored, [])
    shown = message.content_metadata["media"]
    assert (shown["id"], shown["state"], shown["size"]) == (media.stored, "stored", 7)


def test_what_the_app_tells_of_a_customer_is_noted_beside(new_talk: Any) -> None:
    talk = new_talk("chat_app")
    talk.receive(talk.inbound(), attributes={"plan": "gold"})  # with the opening's own
    assert talk.effects.customer_updates == []
    talk.receive(attributes={"plan": "silver"})
    (update,) = talk.effects.customer_updates
    assert update[2] == {"plan": "silver"}
