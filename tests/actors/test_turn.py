"""A turn is decided as often as it takes: with what the journal taught, the same commands lead to what is right."""

from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from actors.kernel import Mail
from actors.turn import Lessons, Turn
from hub.conversation.commands import (
    AddNote,
    Author,
    Context,
    Deliver,
    Opening,
    Outcome,
    Patch,
    Receive,
    Reply,
    Retry,
    SendResult,
    Take,
)
from hub.conversation.receive import Moved
from hub.conversation.state import CustomerCard, Desk, Status
from hub.delivery import DeliveryStatus
from hub.errors import HubError, IdempotencyKeyReused, NotFound
from hub.ids import uuid7
from hub.inbound import EchoedMessage, InboundMessage, Note, Party, StatusUpdate
from hub.message import Content, ContentType
from hub.rights import Reader, Role

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
ANA = Author(uuid7(), "Ana")
NOBODY = Party(())
OPENING = Opening(uuid7(), 1001, "c", "whatsapp", CustomerCard(uuid7(), "Maria", None, NOON), None, new_customer=True)


class Letter(Mail):
    """A mail that keeps its answers."""

    def __init__(self, message: object) -> None:
        super().__init__(message)
        self.answers: list[object] = []

    def reply(self, value: object) -> None:
        self.answers.append(value)

    def fail(self, error: Exception) -> None:
        self.answers.append(error)


def text(wamid: str) -> InboundMessage:
    return InboundMessage(wamid, NOBODY, NOON, Content(ContentType.TEXT, wamid))


def decided(*commands: Any, desk: Desk | None = None, seen: Any = (), lessons: Lessons | None = None) -> Turn:
    letters: list[Mail] = [Letter(command) for command in commands]
    turn = Turn(letters, desk or Desk(), set(seen), lessons or Lessons(), lambda desk: Context(NOON, uuid7))
    turn.decide()
    return turn


def answers(turn: Turn) -> list[Any]:
    turn.answer()
    return [answer for mail in turn.mails if isinstance(mail, Letter) for answer in mail.answers]


def begun() -> Desk:
    return decided(Receive((text("wamid.0"),), OPENING)).desk


def test_commands_follow_one_another_on_one_desk() -> None:
    turn = decided(Receive((text("a"), text("b")), OPENING), Reply(uuid7(), ANA, "text", "c"), Take(ANA))
    assert [message.seq for message in turn.effects.messages.values()] == [1, 2, 3]
    new, reply, taken = answers(turn)
    assert (new, reply.text, taken.assignee_id) == (2, "c", ANA.id)
    assert turn.before.conversation is None


def test_what_was_taken_in_before_or_earlier_in_the_turn_is_left_out() -> None:
    note = Note("n", "call", NOBODY, NOON)
    turn = decided(
        Receive((text("a"), text("old"), text("a")), OPENING),
        Receive((text("a"), note, note)),
        seen={"old"},
    )
    assert [message.channel_message_id for message in turn.effects.messages.values()] == ["a"]
    assert len(turn.effects.channel_events) == 1
    assert list(turn.taken) == ["a", "n"]
    assert answers(turn) == [1, 0]


def test_what_moved_was_not_taken_in() -> None:
    """A repetition behind it is not answered as if it were stored."""
    open_desk = begun()
    assert open_desk.conversation is not None
    closed = attrs.evolve(open_desk, conversation=attrs.evolve(open_desk.conversation, status=Status.CLOSED))
    turn = decided(Receive((text("a"),)), Receive((text("a"),)), desk=closed)
    assert [type(answer) for answer in answers(turn)] == [Moved, Moved]
    assert not turn.taken


def test_an_error_changes_nothing_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    broken = Patch(ANA, status=Status.SNOOZED, snoozed_until="tomorrow")  # type: ignore[arg-type]
    turn = decided(Retry(uuid7(), ANA), Patch(ANA, subject="s"), broken, desk=begun())
    missing, patched, failed = answers(turn)
    assert isinstance(missing, NotFound)
    assert patched.subject == "s"
    assert type(failed) is HubError
    assert turn.desk.conversation is not None
    assert turn.desk.conversation.version == 2
    assert "a decision failed" in caplog.text


def test_a_reply_written_twice_in_one_turn_is_one_message() -> None:
    reply = Reply(uuid7(), ANA, "text", "x")
    turn = decided(reply, reply, desk=begun())
    assert len(turn.effects.messages) == 1
    one, two = answers(turn)
    assert one.id == two.id


def test_a_reply_that_the_journal_knows_is_answered_by_what_is_stored() -> None:
    desk = begun()
    reply = Reply(uuid7(), ANA, "text", "x")
    (stored,) = decided(reply, desk=desk).effects.messages.values()
    turn = decided(reply, desk=desk, lessons=Lessons(known={reply.client_id: stored}))
    assert not turn.effects
    assert answers(turn) == [stored]


def test_who_may_not_see_the_conversation_is_told_that_there_is_none() -> None:
    desk, team_id = begun(), uuid7()
    assert desk.conversation is not None
    desk = attrs.evolve(desk, conversation=attrs.evolve(desk.conversation, team_id=team_id))
    stranger = attrs.evolve(ANA, rights=Reader(ANA.id, Role.AGENT, frozenset()))
    colleague = attrs.evolve(ANA, rights=Reader(ANA.id, Role.AGENT, frozenset({team_id})))
    reply = Reply(uuid7(), stranger, "text", "x")
    (stored,) = decided(Reply(reply.client_id, ANA, "text", "x"), desk=desk).effects.messages.values()
    repeated = Lessons(known={reply.client_id: stored})
    for lessons in (None, repeated):
        turn = decided(reply, Retry(uuid7(), stranger), Take(stranger), desk=desk, lessons=lessons)
        assert {str(answer) for answer in answers(turn)} == {str(answers(decided(Take(ANA)))[0])}
        assert not turn.effects
        assert turn.doubtful
    assert len(decided(attrs.evolve(reply, author=colleague), desk=desk).effects.messages) == 1


def test_of_a_row_that_is_others_only_the_acceptance_is_left() -> None:
    desk = decided(Reply(uuid7(), ANA, "text", "x"), desk=begun()).desk
    message = next(m for m in desk.messages.values() if m.client_id)
    for outcome, status, told in (
        (Outcome.REFUSED, DeliveryStatus.PENDING, True),
        (Outcome.ACCEPTED, DeliveryStatus.SENT, True),
    ):
        result = SendResult(uuid7(), message.id, 1, outcome, uuid7(), "wamid.s" if told else None)
        turn = decided(result, desk=desk, lessons=Lessons(fenced={result.outbox_id}))
        assert turn.desk.messages[message.id].status is status
        assert not turn.effects.settled
        assert answers(turn) == [told]


def test_reports_that_waited_are_applied_to_what_this_turn_makes_known() -> None:
    waiting = StatusUpdate("wamid.e", DeliveryStatus.READ, "read", NOON)
    other = StatusUpdate("wamid.other", DeliveryStatus.READ, "read", NOON)
    echo = EchoedMessage("wamid.e", NOBODY, NOON, Content(ContentType.TEXT, "from the phone"))
    turn = decided(Receive((echo,), OPENING), lessons=Lessons(awaited=(waiting, other)))
    (message,) = turn.effects.messages.values()
    assert message.status is DeliveryStatus.READ
    assert [report.update for report in turn.effects.reports] == [waiting]
    assert answers(turn) == [1]


@pytest.mark.parametrize(
    ("command", "doubtful"),
    [
        (Receive(()), False),
        (Reply(uuid7(), ANA, "text", "x", reply_to=uuid7()), True),
        (Take(ANA), True),
        (Retry(uuid7(), ANA), True),
        (Deliver(()), True),
    ],
)
def test_only_a_change_proves_that_the_desk_was_right(command: Any, doubtful: bool) -> None:
    assert decided(command, desk=begun()).doubtful is doubtful


def test_a_note_is_written_once_in_a_turn_and_not_again_when_it_is_known() -> None:
    command, other = AddNote(ANA, "call back", client_id=uuid7()), AddNote(ANA, "another")
    turn = decided(command, command, other, other, desk=begun())
    assert [note.text for note in turn.effects.notes] == ["call back", "another", "another"]
    (note, again, *_) = answers(turn)
    assert again == note
    known = Lessons(notes={command.client_id: note})  # type: ignore[dict-item]
    repeated = decided(command, AddNote(ANA, "x", client_id=command.client_id), desk=begun(), lessons=known)
    assert not repeated.effects
    assert [str(answer) for answer in answers(repeated)] == [str(note), IdempotencyKeyReused().title()]
