"""Who has a conversation, and what people change of it."""

from datetime import timedelta
from typing import Any

import pytest

from hub.conversation.assign import TRIGGERS
from hub.conversation.commands import UNSET, Author, Patch, Take
from hub.conversation.state import TRANSITIONS, Status
from hub.errors import AlreadyAssigned, Invalid, InvalidTransition, NotFound, StaleVersion
from hub.ids import uuid7

ANA, BEN = Author(uuid7(), "Ana"), Author(uuid7(), "Ben")


def test_the_first_takes_it_and_the_second_learns_who(talk: Any) -> None:
    talk.arrives()
    assert talk.play(Take(ANA)).assignee_id == ANA.id
    assert talk.told() == ["conversation.assigned"]
    with pytest.raises(AlreadyAssigned) as refusal:
        talk.play(Take(BEN))
    assert refusal.value.extra == {"winner": {"id": ANA.id, "name": "Ana"}}
    assert talk.play(Take(ANA)).assignee_id == ANA.id
    assert not talk.effects


def test_what_is_closed_cannot_be_taken_or_changed(talk: Any) -> None:
    talk.arrives()
    talk.change(status=Status.CLOSED)
    for command in (Take(ANA), Patch(ANA, subject="s"), Patch(ANA, status=Status.OPEN), Patch(ANA, assignee=None)):
        with pytest.raises(InvalidTransition):
            talk.play(command)


def test_what_does_not_exist_is_not_found(talk: Any) -> None:
    for command in (Take(ANA), Patch(ANA, subject="s")):
        with pytest.raises(NotFound):
            talk.play(command)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"subject": "s"}, ["conversation.updated"]),
        ({"priority": 2}, ["conversation.updated"]),
        ({"team_id": BEN.id}, ["conversation.updated"]),
        ({"attributes": {"a": 1}}, ["conversation.updated"]),
        ({"assignee": BEN}, ["conversation.assigned", "notification.created"]),
        (
            {"assignee": BEN, "status": Status.RESOLVED},
            ["conversation.assigned", "conversation.status_changed", "notification.created"],
        ),
        ({"status": Status.RESOLVED, "subject": "s"}, ["conversation.status_changed"]),
    ],
)
def test_each_edit_raises_the_version_once_and_is_told(talk: Any, changed: dict[str, Any], told: list[str]) -> None:
    talk.arrives()
    talk.play(Patch(ANA, 1, **changed))
    assert talk.conversation.version == 2
    assert talk.told() == told
    talk.play(Patch(ANA, 2, **changed))
    assert not talk.effects
    assert talk.conversation.version == 2


def test_giving_it_back_is_told(talk: Any) -> None:
    talk.arrives()
    talk.play(Take(ANA))
    talk.play(Patch(ANA, assignee=None))
    assert talk.told() == ["conversation.unassigned"]
    assert (talk.conversation.assignee_id, talk.conversation.assignee_name) == (None, None)


def test_an_edit_of_what_has_changed_is_refused_with_what_it_is_now(talk: Any) -> None:
    talk.arrives()
    talk.play(Patch(ANA, 1, subject="one"))
    with pytest.raises(StaleVersion) as refusal:
        talk.play(Patch(BEN, 1, subject="two"))
    assert refusal.value.extra["current"]["subject"] == "one"
    assert talk.play(Patch(BEN, subject="whatever")).subject == "whatever"


def test_messages_do_not_disturb_an_edit(talk: Any) -> None:
    talk.arrives()
    version = talk.conversation.version
    talk.reply()
    talk.arrives()
    assert talk.play(Patch(ANA, version, subject="s")).version == version + 1


# Status


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("wanted", Status)
def test_people_reach_what_the_table_allows(talk: Any, before: Status, wanted: Status) -> None:
    talk.arrives()
    talk.change(status=before)
    more = {"snoozed_until": talk.now + timedelta(hours=1)} if wanted is Status.SNOOZED else {}
    patch = Patch(ANA, status=wanted, **more)
    if wanted in TRIGGERS[before]:
        assert talk.play(patch).status is wanted
    elif before is wanted and before is not Status.CLOSED:
        assert talk.play(patch).status is before
        assert not talk.effects
    else:
        with pytest.raises(InvalidTransition):
            talk.play(patch)


def test_what_people_mean_is_in_the_table_of_states() -> None:
    for before, meanings in TRIGGERS.items():
        for wanted, trigger in meanings.items():
            assert TRANSITIONS[before][trigger] is wanted


def test_snoozing_needs_a_moment_to_come_or_none(talk: Any) -> None:
    talk.arrives()
    for until in (talk.now, talk.now - timedelta(seconds=1)):
        with pytest.raises(Invalid):
            talk.play(Patch(ANA, status=Status.SNOOZED, snoozed_until=until))
    until = talk.now + timedelta(seconds=1)
    assert talk.play(Patch(ANA, status=Status.SNOOZED, snoozed_until=until)).snoozed_until == until
    assert talk.play(Patch(ANA, status=Status.SNOOZED)).snoozed_until is None
    assert talk.play(Patch(ANA, status=Status.OPEN)).snoozed_until is None


def test_resolving_ends_the_waiting_and_reopening_clears_it(talk: Any) -> None:
    talk.arrives()
    talk.later(minutes=1)
    resolved = talk.play(Patch(ANA, status=Status.RESOLVED))
    assert (resolved.resolved_at, resolved.waiting_since) == (talk.now, None)
    assert talk.play(Patch(ANA, status=Status.OPEN)).resolved_at is None


def test_what_is_not_named_stays(talk: Any) -> None:
    talk.arrives()
    talk.play(Patch(ANA, subject="s", priority=3))
    talk.play(Patch(ANA, subject=None))
    assert (talk.conversation.subject, talk.conversation.priority) == (None, 3)
    assert Patch(ANA).team_id is UNSET


def test_the_end_of_a_snooze_goes_with_snoozing(talk: Any) -> None:
    talk.arrives()
    until = talk.now + timedelta(hours=1)
    for wanted in (None, Status.OPEN, Status.RESOLVED):
        for given in (until, None):
            with pytest.raises(Invalid) as refusal:
                talk.play(Patch(ANA, status=wanted, snoozed_until=given))
            assert refusal.value.errors[0]["path"] == "$.snoozed_until"


# Hands


def test_a_new_team_is_its_queue_unless_somebody_of_it_is_named(talk: Any) -> None:
    talk.arrives()
    talk.play(Take(ANA))
    one, two = uuid7(), uuid7()
    assert talk.play(Patch(ANA, team_id=one)).assignee_id is None
    assert talk.told() == ["conversation.unassigned"]
    talk.play(Take(ANA))
    assert talk.play(Patch(ANA, team_id=one)).assignee_id == ANA.id
    assert talk.play(Patch(ANA, team_id=two, assignee=BEN)).assignee_id == BEN.id
    assert talk.told() == ["conversation.assigned", "notification.created"]


def test_whoever_gets_what_a_bot_has_opens_it(talk: Any) -> None:
    for command in (Take(ANA), Patch(BEN, assignee=ANA)):
        talk.arrives()
        talk.change(status=Status.PENDING, assignee_id=None, assignee_name=None)
        assert talk.play(command).status is Status.OPEN
        assert talk.told()[:2] == ["conversation.assigned", "conversation.status_changed"]
    talk.change(status=Status.PENDING)
    assert talk.play(Patch(BEN, assignee=None)).status is Status.PENDING
    assert talk.play(Patch(BEN, assignee=ANA, status=Status.RESOLVED)).status is Status.RESOLVED


def test_attributes_are_merged_by_name(talk: Any) -> None:
    talk.arrives()
    talk.play(Patch(ANA, attributes={"order": 1, "size": "m"}))
    talk.play(Patch(BEN, attributes={"size": None, "colour": "red"}))
    assert talk.conversation.attributes == {"order": 1, "colour": "red"}
    talk.play(Patch(BEN, attributes={"colour": "red"}))
    assert not talk.effects
