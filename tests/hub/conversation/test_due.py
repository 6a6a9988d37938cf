"""What time does to a conversation."""

from datetime import timedelta
from typing import Any

import pytest

from hub.conversation.commands import Author, Due, Patch, Rules
from hub.conversation.state import Status
from hub.ids import uuid7

ANA = Author(uuid7(), "Ana")


def test_a_snooze_ends_at_its_moment_once(talk: Any) -> None:
    talk.arrives()
    talk.play(Patch(ANA, status=Status.SNOOZED, snoozed_until=talk.now + timedelta(hours=1)))
    talk.later(minutes=59, seconds=59)
    assert talk.play(Due()) is False
    assert not talk.effects
    talk.later(seconds=1)
    assert talk.play(Due()) is True
    assert talk.told() == ["conversation.status_changed"]
    (event,) = talk.effects.events
    assert (event.actor["type"], event.data["conversation"]["status"]) == ("system", "open")
    assert (talk.conversation.status, talk.conversation.snoozed_until, talk.conversation.version) == ("open", None, 3)
    assert talk.play(Due()) is False


def test_until_the_next_reply_is_until_the_customers_word(talk: Any) -> None:
    talk.arrives()
    talk.play(Patch(ANA, status=Status.SNOOZED, snoozed_until=None))
    talk.later(days=365)
    assert talk.play(Due()) is False
    talk.arrives()
    assert talk.conversation.status is Status.OPEN


def test_a_word_before_the_moment_wakes_it_and_nothing_is_due_any_more(talk: Any) -> None:
    talk.arrives()
    talk.play(Patch(ANA, status=Status.SNOOZED, snoozed_until=talk.now + timedelta(hours=1)))
    talk.arrives()
    assert talk.conversation.snoozed_until is None
    talk.later(hours=2)
    assert talk.play(Due()) is False


def test_a_resolved_one_closes_when_its_reopen_window_is_over(talk: Any) -> None:
    talk.rules = Rules(reopen_window=timedelta(days=2))
    talk.arrives()
    talk.play(Patch(ANA, status=Status.RESOLVED))
    talk.later(days=2)
    assert talk.play(Due()) is False
    talk.later(seconds=1)
    assert talk.play(Due()) is True
    assert (talk.conversation.status, talk.told()) == (Status.CLOSED, ["conversation.status_changed"])
    assert talk.play(Due()) is False


@pytest.mark.parametrize("status", [Status.PENDING, Status.OPEN, Status.CLOSED])
def test_nothing_else_is_ever_due(talk: Any, status: Status) -> None:
    assert talk.play(Due()) is False
    talk.arrives()
    talk.change(status=status)
    talk.later(days=365)
    assert talk.play(Due()) is False
    assert not talk.effects
