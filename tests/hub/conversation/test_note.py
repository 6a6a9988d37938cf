"""Notes at a conversation."""

from typing import Any

import pytest

from hub.conversation.commands import AddNote, Author, DeleteNote
from hub.conversation.note import repeated_note
from hub.errors import Forbidden, IdempotencyKeyReused, Invalid
from hub.ids import uuid7
from hub.mention import Mention, Mentioned, MentionType
from hub.note import Note
from hub.rights import Reader, Role

TEAM = uuid7()
BEN, EVE = Author(uuid7(), "Ben"), Author(uuid7(), "Eve")
COLLEAGUE, STRANGER = (Reader(who.id, Role.AGENT, frozenset({team})) for who, team in ((BEN, TEAM), (EVE, uuid7())))


def person(reader: Reader, name: str) -> Mentioned:
    return Mentioned(Mention(MentionType.USER, reader.user_id, name), (reader,))


def team(*people: Reader) -> Mentioned:
    return Mentioned(Mention(MentionType.TEAM, TEAM, "Support"), people)


@pytest.fixture
def at_work(talk: Any) -> Any:
    """A conversation of the team."""
    talk.arrives()
    talk.change(team_id=TEAM)
    return talk


def test_a_note_is_told_to_those_who_see_the_conversation_and_to_no_customer(at_work: Any) -> None:
    before = at_work.conversation
    note = at_work.play(AddNote(at_work.author, "call back"))
    assert (note.text, note.author_name, note.after_seq) == ("call back", "Ana", 1)
    (event,) = at_work.effects.events
    assert (event.type, event.data["note"]["text"], event.actor["name"]) == ("note.created", "call back", "Ana")
    assert (event.audience.team_id, event.audience.user_id, event.audience.inbox_id) == (TEAM, None, None)
    after = at_work.conversation
    assert (after.version, after.last_seq, after.waiting_since) == (before.version, 1, before.waiting_since)
    assert not at_work.effects.messages
    assert not at_work.effects.outbox


def test_whoever_is_mentioned_is_told_in_the_same_change(at_work: Any) -> None:
    me = Reader(at_work.author.id, Role.AGENT, frozenset({TEAM}))
    note = at_work.play(AddNote(at_work.author, "x" * 500, (person(COLLEAGUE, "Ben"), team(me, STRANGER, COLLEAGUE))))
    (notification,) = at_work.effects.notifications
    assert (notification.user_id, notification.kind, notification.note_id) == (BEN.id, "mention", note.id)
    assert (notification.text, notification.subject.customer_name) == ("x" * 160, "Maria")
    told = at_work.effects.events[1]
    assert (told.type, told.audience.user_id, told.audience.team_id) == ("notification.created", BEN.id, TEAM)
    assert told.data["notification"]["id"] == notification.id
    at_work.play(AddNote(at_work.author, "all", (team(me, COLLEAGUE),)))
    assert [n.kind for n in at_work.effects.notifications] == ["team_mention"]


def test_who_does_not_see_the_conversation_is_not_mentioned(at_work: Any) -> None:
    with pytest.raises(Invalid):
        at_work.play(AddNote(at_work.author, "x", (person(STRANGER, "Eve"),)))
    at_work.change(assignee_id=EVE.id)
    at_work.play(AddNote(at_work.author, "x", (person(STRANGER, "Eve"),)))
    assert [n.user_id for n in at_work.effects.notifications] == [EVE.id]


def test_a_note_is_deleted_by_its_author_or_whoever_may(at_work: Any) -> None:
    note = at_work.play(AddNote(at_work.author, "secret", (person(COLLEAGUE, "Ben"),)))
    with pytest.raises(Forbidden):
        at_work.play(DeleteNote(BEN, note))
    for command in (DeleteNote(at_work.author, note), DeleteNote(BEN, note, of_others=True)):
        gone = at_work.play(command)
        assert (gone.id, gone.text, gone.mentions, gone.deleted_at) == (note.id, None, (), at_work.now)
        (event,) = at_work.effects.events
        assert (event.type, event.data["note"]["text"]) == ("note.created", None)
        assert event.data["note"]["deleted_at"] is not None
    assert at_work.play(DeleteNote(at_work.author, gone)) == gone
    assert not at_work.effects


def test_a_note_that_is_written_is_the_answer_to_its_repetition(at_work: Any) -> None:
    command = AddNote(at_work.author, "once", client_id=uuid7())
    note: Note = at_work.play(command)
    assert repeated_note(note, command) == note
    for other in (AddNote(at_work.author, "twice", client_id=command.client_id), AddNote(BEN, "once")):
        with pytest.raises(IdempotencyKeyReused):
            repeated_note(note, other)
    gone = at_work.play(DeleteNote(at_work.author, note))
    assert repeated_note(gone, command) == gone
