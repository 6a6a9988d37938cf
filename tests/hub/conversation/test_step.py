"""A conversation under whatever may happen to it, in whatever order: what must always hold."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.conversation.commands import (
    Author,
    Command,
    Deliver,
    Due,
    MediaSettled,
    Outcome,
    Patch,
    React,
    Reply,
    Retry,
    SendResult,
    Take,
)
from hub.conversation.effects import Effects
from hub.conversation.state import TRANSITIONS, Desk, Status
from hub.conversation.step import DECISIONS, committed
from hub.delivery import TRANSITIONS as DELIVERY
from hub.delivery import DeliveryStatus
from hub.errors import HubError
from hub.ids import uuid7
from hub.inbound import Edit, Note, Party, Reaction, Revoke
from hub.message import Content, ContentType

TEAMS = [uuid7(), uuid7()]
PEOPLE = [Author(uuid7(), name) for name in ("Ana", "Ben")]
NOBODY = Party(())
REACHABLE = {status: {status, *targets.values()} for status, targets in TRANSITIONS.items()}


def test_every_command_has_its_decision() -> None:
    assert set(DECISIONS) == set(Command.__args__)


def test_the_revision_rises_with_every_change_and_only_then(talk: Any) -> None:
    message = talk.arrives()
    assert talk.conversation.revision == 1
    talk.play(Take(PEOPLE[0]))
    talk.play(Take(PEOPLE[0]))
    assert talk.conversation.revision == 2
    assert committed(talk.desk, talk.desk, Effects()) is talk.desk
    assert committed(Desk(), Desk(), Effects(released=[message.id])) == Desk()


class Life(RuleBasedStateMachine):
    """Plays random commands; a refusal is an answer like another, and changes nothing."""

    talk: Any
    new_talk: Any = None
    words: list[Any]

    @initialize(channel_type=st.sampled_from(["whatsapp", "chat_app"]))
    def begin(self, channel_type: str) -> None:
        self.talk = self.new_talk(channel_type)
        self.talk.arrives()
        self.unsettled: dict[Any, SendResult] = {}
        self.words = [self.talk.now]

    def attempt(self, command: Command) -> bool:
        """Plays the command and checks what one step may do; whether it was not refused."""
        before = self.talk.desk
        try:
            self.talk.play(command)
        except HubError:
            assert self.talk.desk is before
            return False
        self.check_step(before)
        for row in self.talk.effects.outbox:
            assert (row.token is not None) == (not self.unsettled)
            result = SendResult(row.id, row.message_id, row.attempt, Outcome.ACCEPTED, row.token or uuid7())
            self.unsettled[row.id] = result
        return True

    def check_step(self, before: Desk) -> None:
        old, new, effects = before.conversation, self.talk.conversation, self.talk.effects
        assert old is not None
        assert new.revision == old.revision + bool(effects)
        assert new.status in REACHABLE[old.status]
        assert new.version - old.version in (0, 1)
        visible = [
            (c.status, c.assignee_id, c.subject, c.priority, c.team_id, c.snoozed_until, c.attributes)
            for c in (old, new)
        ]
        assert (new.snoozed_until is None) or new.status is Status.SNOOZED
        assert (new.version > old.version) == (visible[0] != visible[1])
        assert new.first_reply_at == old.first_reply_at or old.first_reply_at is None
        for message_id, message in before.messages.items():
            now = self.talk.desk.messages[message_id]
            assert now.status is message.status or now.status in DELIVERY[message.status]
            assert now.seq == message.seq
        for event in effects.events:
            assert (event.version, event.conversation_id) <= (new.version, new.id)

    # What happens

    @rule(offset=st.integers(-90_000, 400), opens=st.booleans())
    def customer_writes(self, offset: int, opens: bool) -> None:
        at = self.talk.now + timedelta(seconds=offset)
        before = self.talk.conversation
        self.talk.receive(self.talk.inbound(at=at, opens_window=opens))
        if self.talk.effects.messages:
            if opens:
                self.words.append(min(at, self.talk.now))
            assert self.talk.conversation.waiting_since == (before.waiting_since or min(at, self.talk.now))
        self.check_step(attrs.evolve(self.talk.desk, conversation=before, messages={}))

    @rule()
    def phone_app_writes(self) -> None:
        before = self.talk.desk
        self.talk.receive(self.talk.echo())
        self.check_step(before)

    @rule(kind=st.sampled_from(["text", "template"]))
    def agent_writes(self, kind: str) -> None:
        command = Reply(uuid7(), PEOPLE[0], kind, "x", template={"name": "t"} if kind == "template" else None)
        if self.attempt(command):
            assert self.talk.conversation.waiting_since is None
            assert self.talk.conversation.first_reply_at is not None

    @precondition(lambda self: self.unsettled)
    @rule(data=st.data(), outcome=st.sampled_from(Outcome))
    def try_ends(self, data: st.DataObject, outcome: Outcome) -> None:
        row_id = data.draw(st.sampled_from(sorted(self.unsettled)))
        provider_id = f"wamid.p.{row_id}" if outcome is Outcome.ACCEPTED else None
        result = self.unsettled[row_id]
        if outcome is not Outcome.LATER:
            del self.unsettled[row_id]
        assert self.attempt(attrs.evolve(result, outcome=outcome, provider_id=provider_id, retry_in=1.0))

    @rule(data=st.data(), status=st.sampled_from(DeliveryStatus))
    def channel_reports(self, data: st.DataObject, status: DeliveryStatus) -> None:
        message = data.draw(st.sampled_from(self.talk.thread))
        attempt = data.draw(st.integers(0, max(message.attempt, 1)))
        if status not in (DeliveryStatus.PENDING, DeliveryStatus.RECEIVED):
            self.attempt(Deliver((self.talk.report(message, status, attempt),)))

    @rule(data=st.data(), emoji=st.sampled_from(["👍", "❤️", ""]))
    def people_react(self, data: st.DataObject, emoji: str) -> None:
        message = data.draw(st.sampled_from(self.talk.thread))
        self.attempt(React(message.id, emoji, PEOPLE[1]))
        target = message.channel_message_id or "wamid.unknown"
        before = self.talk.desk
        self.talk.receive(Reaction(f"r{uuid7()}", target, NOBODY, emoji or None, self.talk.now))
        self.check_step(before)

    @rule(data=st.data())
    def texts_change(self, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(self.talk.thread))
        target = message.channel_message_id or "wamid.unknown"
        content = Content(ContentType.TEXT, "edited")
        before = self.talk.desk
        self.talk.receive(
            Edit(f"e{uuid7()}", target, NOBODY, content, self.talk.now),
            Revoke("d", target, NOBODY, self.talk.now),
            Note(None, "call", NOBODY, self.talk.now),
        )
        self.check_step(before)

    @rule(data=st.data())
    def people_retry(self, data: st.DataObject) -> None:
        self.attempt(Retry(data.draw(st.sampled_from(self.talk.thread)).id, PEOPLE[0]))

    @rule(person=st.sampled_from(PEOPLE))
    def people_take(self, person: Author) -> None:
        if self.attempt(Take(person)):
            assert self.talk.conversation.assignee_id == person.id

    @rule(
        status=st.sampled_from([None, *Status]),
        assignee=st.sampled_from([None, *PEOPLE]),
        subject=st.sampled_from(["a", "b"]),
        old=st.booleans(),
    )
    def people_edit(self, status: Status | None, assignee: Author | None, subject: str, old: bool) -> None:
        more = {"snoozed_until": self.talk.now + timedelta(hours=1)} if status is Status.SNOOZED else {}
        version = self.talk.conversation.version - old
        done = self.attempt(Patch(PEOPLE[0], version, status, assignee, subject=subject, **more))
        assert not (done and old)

    @rule(team=st.sampled_from([None, *TEAMS]))
    def people_pass_on(self, team: UUID | None) -> None:
        before = self.talk.conversation
        if self.attempt(Patch(PEOPLE[0], team_id=team)) and team != before.team_id:
            assert self.talk.conversation.assignee_id is None

    @rule(changes=st.dictionaries(st.sampled_from("ab"), st.none() | st.integers(0, 3)))
    def people_keep_facts(self, changes: dict[str, int | None]) -> None:
        before = self.talk.conversation.attributes
        if self.attempt(Patch(PEOPLE[0], attributes=changes)):
            after = {**before, **changes}
            assert self.talk.conversation.attributes == {k: v for k, v in after.items() if v is not None}

    @rule()
    def moments_come(self) -> None:
        before = self.talk.conversation
        assert self.attempt(Due())
        now, woken = self.talk.now, before.status is Status.SNOOZED and before.snoozed_until is not None
        assert (self.talk.conversation.status is not before.status) == (
            (woken and before.snoozed_until <= now)
            or (before.status is Status.RESOLVED and now > before.resolved_at + self.talk.rules.reopen_window)
        )

    @rule(data=st.data())
    def file_settles(self, data: st.DataObject) -> None:
        self.attempt(MediaSettled(data.draw(st.sampled_from(self.talk.thread)).id, {"state": "stored"}))

    @rule(seconds=st.integers(0, 200_000))
    def time_goes_on(self, seconds: int) -> None:
        self.talk.later(seconds=seconds)

    # What always holds

    @invariant()
    def numbers_are_dense(self) -> None:
        if hasattr(self, "talk"):
            assert [message.seq for message in self.talk.thread] == list(range(1, self.talk.conversation.last_seq + 1))

    @invariant()
    def counts_are_true(self) -> None:
        if hasattr(self, "talk"):
            conversation = self.talk.conversation
            failed = sum(m.status is DeliveryStatus.FAILED for m in self.talk.thread)
            assert (conversation.unsent, conversation.failed) == (len(self.unsettled), failed)

    @invariant()
    def the_window_counts_from_the_newest_word(self) -> None:
        if hasattr(self, "talk"):
            assert self.talk.conversation.window_opened_at == max(self.words)

    @invariant()
    def the_list_shows_the_newest_message(self) -> None:
        if hasattr(self, "talk"):
            shown = self.talk.conversation.last_message
            assert (shown["message_id"], shown["status"]) == (self.talk.last.id, self.talk.last.status)


@pytest.fixture(scope="module", autouse=True)
def _talks(new_talk: Any) -> None:
    Life.new_talk = new_talk


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
