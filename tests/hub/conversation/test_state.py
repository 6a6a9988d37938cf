"""The table of the conversation's status, the window, and what is shown."""

from datetime import timedelta
from typing import Any

import pytest

from hub.conversation.state import (
    TRANSITIONS,
    WINDOW,
    Status,
    Trigger,
    after,
    glance,
    view,
    window_expires_at,
    window_is_open,
)
from hub.errors import InvalidTransition


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("trigger", Trigger)
def test_what_is_not_in_the_table_is_refused(status: Status, trigger: Trigger) -> None:
    if trigger in TRANSITIONS[status]:
        assert after(status, trigger) is TRANSITIONS[status][trigger]
    else:
        with pytest.raises(InvalidTransition, match=trigger.value):
            after(status, trigger)


def test_closed_is_the_end_and_can_be_reached_from_everywhere() -> None:
    assert not TRANSITIONS[Status.CLOSED]
    for status in set(Status) - {Status.CLOSED}:
        assert TRANSITIONS[status][Trigger.MERGE] is Status.CLOSED


@pytest.mark.parametrize(("seconds", "is_open"), [(-1, True), (0, False), (1, False)])
def test_the_window_closes_to_the_second(talk: Any, seconds: int, is_open: bool) -> None:
    talk.arrives()
    assert window_expires_at(talk.conversation) == talk.now + WINDOW
    assert window_is_open(talk.conversation, talk.now + WINDOW + timedelta(seconds=seconds)) is is_open


def test_who_never_wrote_has_no_window(talk: Any) -> None:
    talk.receive(talk.echo())
    assert window_expires_at(talk.conversation) is None
    assert not window_is_open(talk.conversation, talk.now)


def test_channels_without_windows_are_always_open(new_talk: Any) -> None:
    talk = new_talk("chat_app")
    talk.arrives()
    assert window_expires_at(talk.conversation) is None
    assert window_is_open(talk.conversation, talk.later(days=100))


def test_what_is_shown_names_every_field_and_a_glance_is_part_of_it(talk: Any) -> None:
    talk.arrives()
    shown, seen = view(talk.conversation), glance(talk.conversation)
    assert shown["status"] == "open"
    assert shown["channel"] == {"name": "c", "type": "whatsapp"}
    assert shown["window_expires_at"] == "2026-01-06T12:00:00.000Z"
    assert shown["waiting_since"] == "2026-01-05T12:00:00.000Z"
    assert shown["last_message"]["text"] == "Olá"
    assert {key: shown[key] for key in seen if key != "customer"} == {k: v for k, v in seen.items() if k != "customer"}


def test_a_message_is_found_by_the_channels_id(talk: Any) -> None:
    message = talk.arrives(wamid="wamid.here")
    assert talk.desk.by_channel_id("wamid.here") == message
    assert talk.desk.by_channel_id("wamid.elsewhere") is None


def test_who_may_be_told_follows_team_and_assignee(talk: Any) -> None:
    talk.arrives()
    talk.change(team_id=talk.author.id)
    assert talk.conversation.audience.team_id == talk.author.id
    assert talk.conversation.audience.assignee_id is None
