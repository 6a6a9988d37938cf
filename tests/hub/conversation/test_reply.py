"""The company speaks."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.conversation.commands import HUB, Author, Command, Deliver, Outcome, React, Reply, Retry
from hub.conversation.reply import content_type, repeated, spoken
from hub.conversation.state import Status
from hub.delivery import DeliveryStatus
from hub.errors import IdempotencyKeyReused, InvalidTransition, NotFound, WindowClosed
from hub.ids import uuid7
from hub.message import ContentType

PICK: dict[str, Any] = {"kind": "interactive", "text": None, "interactive": {"body": {"text": "Pick"}}}
TEMPLATE = {"kind": "template", "text": None, "template": {"name": "hello", "language": "pt"}}


def test_a_reply_is_pending_and_in_the_outbox(talk: Any) -> None:
    talk.arrives()
    talk.later(minutes=1)
    message = talk.reply("Bom dia")
    (row,) = talk.effects.outbox
    assert (message.status, message.seq, message.attempt) == (DeliveryStatus.PENDING, 2, 1)
    assert (row.message_id, row.seq, row.attempt, row.payload["text"]) == (message.id, 2, 1, "Bom dia")
    assert row.payload["to"] == [{"kind": i.kind, "value": i.value} for i in talk.party.identities]
    assert talk.told() == ["message.status"]
    conversation = talk.conversation
    assert (conversation.waiting_since, conversation.first_reply_at) == (None, talk.now)
    assert (conversation.version, conversation.unsent, conversation.last_message["text"]) == (1, 1, "Bom dia")


def test_only_what_nothing_waits_before_is_born_leased(talk: Any) -> None:
    talk.arrives()
    first = talk.reply()
    assert talk.effects.outbox[0].token is not None
    talk.reply()
    assert talk.effects.outbox[0].token is None
    talk.play(talk.result(first))
    talk.reply()
    assert talk.effects.outbox[0].token is None
    for message in talk.thread[2:]:
        talk.play(talk.result(message))
    talk.reply()
    assert talk.effects.outbox[0].token is not None


@pytest.mark.parametrize(("seconds", "is_open"), [(-1, True), (0, False), (1, False)])
def test_outside_the_window_only_a_template_goes(talk: Any, seconds: int, is_open: bool) -> None:
    talk.arrives()
    talk.later(days=1, seconds=seconds)
    if is_open:
        assert talk.reply().status is DeliveryStatus.PENDING
    else:
        with pytest.raises(WindowClosed) as refusal:
            talk.reply()
        assert refusal.value.extra["expires_at"] == "2026-01-06T12:00:00.000Z"
    assert talk.reply(**TEMPLATE).text == "[template: hello]"


@pytest.mark.parametrize(
    ("before", "reached"),
    [
        (Status.PENDING, Status.OPEN),
        (Status.OPEN, Status.OPEN),
        (Status.SNOOZED, Status.SNOOZED),
        (Status.RESOLVED, Status.RESOLVED),
    ],
)
def test_a_reply_takes_a_pending_conversation_over(talk: Any, before: Status, reached: Status) -> None:
    talk.arrives()
    talk.change(status=before)
    talk.reply()
    assert talk.conversation.status is reached
    assert ("conversation.status_changed" in talk.told()) is (before is not reached)
    assert talk.conversation.version == 1 + (before is not reached)


def test_a_closed_conversation_takes_no_reply_and_no_retry(talk: Any) -> None:
    talk.arrives()
    message = talk.reply()
    talk.play(talk.result(message, Outcome.REFUSED))
    talk.change(status=Status.CLOSED)
    with pytest.raises(InvalidTransition):
        talk.reply()
    with pytest.raises(InvalidTransition):
        talk.play(Retry(message.id, talk.author))


def test_what_does_not_exist_is_not_found(talk: Any) -> None:
    commands: list[Command] = [Reply(uuid7(), talk.author, "text", "x"), Retry(uuid7(), talk.author)]
    for command in commands:
        with pytest.raises(NotFound):
            talk.play(command)
    talk.arrives()
    for command in (commands[1], React(uuid7(), "👍", talk.author)):
        with pytest.raises(NotFound):
            talk.play(command)
    with pytest.raises(NotFound):
        talk.reply(reply_to=uuid7())
    assert talk.conversation.last_seq == 1


def test_a_quote_travels_with_its_channel_id(talk: Any) -> None:
    quoted = talk.arrives("question", wamid="wamid.Q")
    message = talk.reply(reply_to=quoted.id)
    assert message.reply_to["text"] == "question"
    assert talk.effects.outbox[0].payload["reply_to"] == "wamid.Q"


@pytest.mark.parametrize(
    ("given", "kind", "text"),
    [
        ({"kind": "text", "text": "x"}, ContentType.TEXT, "x"),
        (TEMPLATE, ContentType.TEXT, "[template: hello]"),
        ({"kind": "template", "text": None, "template": {"name": "h", "text": "Hello"}}, ContentType.TEXT, "Hello"),
        (
            {"kind": "interactive", "text": None, "interactive": {"body": {"text": "Pick"}}},
            ContentType.INTERACTIVE,
            "Pick",
        ),
        ({"kind": "interactive", "text": None, "interactive": {}}, ContentType.INTERACTIVE, None),
        ({"kind": "image", "text": None, "media": {"id": str(uuid4()), "type": "image"}}, ContentType.IMAGE, None),
        ({"kind": "image", "text": "see", "media": {"id": str(uuid4()), "type": "image"}}, ContentType.IMAGE, "see"),
    ],
)
def test_every_kind_has_a_type_and_words(talk: Any, given: dict[str, Any], kind: ContentType, text: str | None) -> None:
    talk.arrives()
    message = talk.reply(**given)
    assert (message.type, message.text) == (kind, text)
    assert content_type(Reply(uuid7(), talk.author, **given)) is kind
    if given["text"] is None:
        assert spoken(Reply(uuid7(), talk.author, **given)) == text


def test_a_file_of_ours_is_here_already(talk: Any) -> None:
    talk.arrives()
    media = {"id": str(uuid4()), "type": "document", "filename": "a.pdf"}
    message = talk.reply(kind="document", text=None, media=media)
    assert str(message.media_id) == media["id"]
    assert message.content_metadata["media"]["state"] == "stored"


# Retry


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNKNOWN])
def test_a_retry_is_a_new_attempt_of_the_same_message(talk: Any, outcome: Outcome) -> None:
    talk.arrives()
    message = talk.reply("again")
    payload = talk.effects.outbox[0].payload
    talk.play(talk.result(message, outcome, provider_id="wamid.first" if outcome is Outcome.UNKNOWN else None))
    assert talk.conversation.failed == (outcome is Outcome.REFUSED)
    again = talk.play(Retry(message.id, talk.author))
    (row,) = talk.effects.outbox
    assert (again.id, again.attempt, again.status, again.error) == (message.id, 2, DeliveryStatus.PENDING, None)
    assert (row.attempt, row.seq, row.payload) == (2, message.seq, payload)
    assert talk.conversation.failed == 0
    assert list(talk.effects.attempts) == [(message.id, 2)]
    talk.play(talk.result(again))
    assert talk.last.status is DeliveryStatus.SENT
    assert talk.conversation.unsent == 0


@pytest.mark.parametrize("reached", [None, DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ])
def test_what_did_not_fail_is_not_sent_again(talk: Any, reached: DeliveryStatus | None) -> None:
    talk.arrives()
    message = talk.reply()
    if reached:
        talk.play(Deliver((talk.report(message, reached),)))
    with pytest.raises(InvalidTransition):
        talk.play(Retry(message.id, talk.author))
    with pytest.raises(InvalidTransition):
        talk.play(Retry(talk.thread[0].id, talk.author))


def test_the_same_retry_again_makes_no_further_attempt(talk: Any) -> None:
    talk.arrives()
    message = talk.reply()
    talk.play(talk.result(message, Outcome.REFUSED))
    asked = Retry(message.id, talk.author, uuid7())
    again = talk.play(asked)
    talk.play(talk.result(again, Outcome.REFUSED))
    assert talk.play(asked).attempt == 2
    assert not talk.effects.outbox
    assert talk.play(Retry(message.id, talk.author, uuid7())).attempt == 3


def test_a_retry_outside_the_window_is_refused(talk: Any) -> None:
    talk.arrives()
    message = talk.reply()
    talk.play(talk.result(message, Outcome.REFUSED))
    talk.later(days=2)
    with pytest.raises(WindowClosed):
        talk.play(Retry(message.id, talk.author))


def test_what_was_written_on_the_phone_is_not_sent_again_from_here(talk: Any) -> None:
    talk.arrives()
    talk.receive(talk.echo(wamid="wamid.E"))
    talk.play(Deliver((talk.report(talk.last, DeliveryStatus.FAILED, attempt=0, wamid="wamid.E"),)))
    assert talk.last.status is DeliveryStatus.FAILED
    with pytest.raises(InvalidTransition, match="written here"):
        talk.play(Retry(talk.last.id, talk.author))


# Reactions of the company


def test_a_reaction_is_shown_and_sent_and_a_colleagues_replaces_it(talk: Any) -> None:
    message = talk.arrives(wamid="wamid.1")
    talk.play(React(message.id, "👍", talk.author))
    assert talk.effects.outbox[0].payload["reaction"] == {"target": "wamid.1", "emoji": "👍"}
    assert talk.effects.outbox[0].message_id is None
    talk.later(seconds=1)
    talk.play(React(message.id, "❤️", talk.author))
    assert [reaction["emoji"] for reaction in talk.last.reactions] == ["❤️"]
    talk.later(seconds=1)
    talk.play(React(message.id, "", talk.author))
    assert talk.last.reactions == ()
    assert talk.effects.outbox[0].payload["reaction"]["emoji"] == ""


def test_the_same_reaction_again_is_not_sent(talk: Any) -> None:
    message = talk.arrives(wamid="wamid.1")
    talk.play(React(message.id, "👍", talk.author))
    talk.later(seconds=1)
    assert talk.play(React(message.id, "👍", talk.author)).reactions
    assert not talk.effects


def test_a_reaction_needs_the_channel_to_know_the_message_and_an_open_window(talk: Any) -> None:
    message = talk.arrives()
    pending = talk.reply()
    with pytest.raises(InvalidTransition):
        talk.play(React(pending.id, "👍", talk.author))
    talk.later(days=1)
    with pytest.raises(WindowClosed):
        talk.play(React(message.id, "👍", talk.author))


def test_the_first_reply_counts_once(talk: Any) -> None:
    talk.arrives()
    first = talk.later(minutes=1)
    talk.reply()
    talk.later(minutes=1)
    talk.arrives()
    talk.later(minutes=1)
    talk.reply()
    assert talk.conversation.first_reply_at == first
    assert talk.now - first == timedelta(minutes=2)


def test_the_hubs_own_question_answers_nothing_and_takes_nothing_over(talk: Any) -> None:
    talk.arrives()
    waiting, status = talk.conversation.waiting_since, talk.conversation.status
    draft_id, client_id = uuid7(), uuid7()
    question = Reply(client_id, HUB, "interactive", interactive=PICK["interactive"], draft_id=draft_id)
    message = talk.play(question)
    assert (message.sender.type, message.sender.id, message.sender.name) == ("system", None, "Hub")
    assert message.metadata == {"transaction_draft": str(draft_id)}
    conversation = talk.conversation
    assert (conversation.waiting_since, conversation.first_reply_at) == (waiting, None)
    assert (conversation.status, conversation.ai_attached) == (status, True)
    assert repeated(message, question).id == message.id
    with pytest.raises(IdempotencyKeyReused):
        repeated(message, Reply(client_id, Author(uuid7(), "Ana"), "interactive", interactive=PICK["interactive"]))
