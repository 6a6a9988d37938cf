"""The effects of a turn add up to one set of rows."""

from typing import Any

import attrs

from hub.conversation.effects import Attempt, Effects
from hub.delivery import DeliveryStatus
from hub.ids import uuid7

S = DeliveryStatus


def test_there_is_something_to_commit_or_not(talk: Any) -> None:
    assert not Effects()
    message = talk.arrives()
    attempt = Attempt(message.id, 1, "c", S.SENT, talk.now)
    for effects in (
        Effects(messages={message.id: message}),
        Effects(updates={message.id: message}),
        Effects(released=[message.id]),
        Effects(attempts={(message.id, 1): attempt}),
    ):
        assert effects


def test_a_message_that_changes_in_the_turn_it_was_made_in_is_still_new(talk: Any) -> None:
    message = talk.arrives()
    newer = attrs.evolve(message, text="newer")
    first, second, third = Effects(messages={message.id: message}), Effects(), Effects()
    second.changed(newer)
    first.add(second)
    assert (first.messages, first.updates) == ({message.id: newer}, {})
    third.changed(message)
    third.changed(newer)
    assert (third.messages, third.updates) == ({}, {message.id: newer})


def test_every_row_of_a_later_command_is_taken_over(talk: Any) -> None:
    talk.arrives()
    whole = Effects()
    for play in (talk.arrives, talk.reply):
        play()
        whole.add(talk.effects)
    assert len(whole.messages) == 2
    assert len(whole.events) == 2
    assert len(whole.outbox) == len(whole.attempts) == 1


def test_words_on_one_try_become_one_row_that_only_moves_forward(talk: Any) -> None:
    message_id = uuid7()
    effects = Effects()
    for status, provider_id, code in [
        (S.PENDING, None, None),
        (S.DELIVERED, "wamid.1", None),
        (S.SENT, "wamid.2", None),
        (S.FAILED, None, "131026"),
    ]:
        effects.tried(Attempt(message_id, 1, "c", status, talk.now, provider_id, code))
    (attempt,) = effects.attempts.values()
    assert (attempt.status, attempt.provider_id, attempt.error_code) == (S.DELIVERED, "wamid.1", None)
    other = Effects()
    other.tried(Attempt(message_id, 1, "c", S.READ, talk.now))
    other.tried(Attempt(message_id, 2, "c", S.PENDING, talk.now))
    effects.add(other)
    assert [a.status for a in effects.attempts.values()] == [S.READ, S.PENDING]
