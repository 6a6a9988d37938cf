"""Alerts in the database: what holds is found in the tables of others, by one replica at a time."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.alert import COOLDOWN, AlertState, Rule, Severity, Word
from hub.audit_chain import Break, Flaw
from hub.notice import NoticeChannel
from hub.rights import Role
from hub.team import TeamKind
from storage.audit import Audit
from storage.database import Database
from storage.journal import Journal
from tests.storage.alert_scene import URL, Desk, consent, draft
from tests.storage.conftest import Decider


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_letters_that_heap_up_are_told_to_supervisors(desk: Desk) -> None:
    await desk.person(Role.AGENT)
    await desk.person(Role.ADMIN)
    chika = await desk.person(Role.SUPERVISOR)
    await desk.fails(2)
    assert await desk.look() == []
    await desk.fails(1)
    assert await desk.look() == [Word.BEGAN]
    assert await desk.look() == []
    taken = await desk.notices.take(10)
    assert {(one.channel, one.user_id) for one in taken} == {
        (NoticeChannel.IN_APP, chika.id),
        (NoticeChannel.EMAIL, chika.id),
        (NoticeChannel.SLACK, None),
    }
    assert {one.email for one in taken if one.channel is NoticeChannel.EMAIL} == {chika.email}
    assert taken[0].title == "Several calls to the ticketing system were given up"
    (alert,) = await desk.alerts.page(await desk.reader(), AlertState.FIRING, Rule.DEAD_LETTERS, None, 10)
    assert (alert.subject, alert.occurrences, alert.told) == ("ticketing", 3, True)
    assert await desk.alerts.firing() == {"dead_letters": 1}


async def test_a_broken_audit_is_told_to_everybody_in_charge(desk: Desk) -> None:
    await desk.person(Role.AGENT)
    await desk.person(Role.ADMIN)
    await desk.person(Role.SUPERVISOR)
    await Audit(desk.database).broke(Break(7, Flaw.CHANGED))
    assert await desk.look() == [Word.BEGAN]
    (alert,) = await desk.alerts.page(await desk.reader(), AlertState.FIRING, Rule.AUDIT_BROKEN, None, 10)
    assert (alert.subject, alert.severity) == ("audit", Severity.CRITICAL)
    await desk.execute("update audit_breaks set seen_at = seen_at - interval '16 minutes'")
    await desk.look()
    assert await desk.alerts.firing() == {}


async def test_it_is_over_when_they_were_seen_to(desk: Desk) -> None:
    await desk.fails()
    await desk.look()
    await desk.execute("update dead_letters set state = 'discarded'")
    await desk.look()
    (alert,) = await desk.alerts.page(await desk.reader(), AlertState.RESOLVED, None, None, 10)
    assert alert.resolved_at is not None
    assert await desk.alerts.firing() == {}


async def test_without_supervisors_administrators_are_told(desk: Desk) -> None:
    robin = await desk.person(Role.ADMIN)
    gone = await desk.person(Role.SUPERVISOR)
    await desk.execute("update users set disabled = true where id = $1", gone.id)
    await desk.fails()
    await desk.look()
    assert {one.user_id for one in await desk.notices.take(10)} == {robin.id, None}


async def test_replicas_that_look_at_once_tell_once(desk: Desk) -> None:
    await desk.person(Role.SUPERVISOR)
    await desk.fails()
    await asyncio.gather(*(desk.alerts.look(desk.now) for _ in range(5)))
    assert len(await desk.notices.take(50)) == 3


async def test_an_agent_that_runs_into_its_limits(desk: Desk) -> None:
    for outcome, count in (("rate_limited", 20), ("ok", 30)):
        await desk.execute(
            "insert into tool_calls (id, conversation_id, customer_id, principal, tool, at, counted, outcome)"
            " select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'ai:1', 't', now(), true, $1"
            " from generate_series(1, $2)",
            outcome,
            count,
        )
    await desk.look()
    (found,) = await desk.alerts.page(await desk.reader(), None, None, None, 10)
    assert (found.rule, found.subject, found.occurrences) == (Rule.RATE_REFUSALS, "ai:1", 20)


async def test_suspicious_calls_are_told_to_the_teams_supervisors(
    desk: Desk, decider: Decider, journal: Journal
) -> None:
    team = await desk.teams.create("Sales", TeamKind.SALES)
    theirs, _ = await desk.person(Role.SUPERVISOR, team.id), await desk.person(Role.SUPERVISOR)
    _, change = decider.begin(opening=decider.opening(team_id=team.id))
    await journal.append([change])
    assert change.conversation is not None
    await desk.execute(
        "insert into tool_calls (id, conversation_id, customer_id, principal, tool, at, counted, outcome)"
        " select gen_random_uuid(), $1, gen_random_uuid(), 'ai:1', 't', now(), true, 'suspicious_content'"
        " from generate_series(1, 3)",
        change.conversation.id,
    )
    await desk.look()
    (found,) = await desk.alerts.page(await desk.reader(team.id), None, None, None, 10)
    assert (found.rule, found.conversation_id) == (Rule.SUSPICIOUS_CALLS, change.conversation.id)
    taken = await desk.notices.take(10)
    assert {one.user_id for one in taken} == {theirs.id, None}
    assert f"{URL}/inbox/all/{change.conversation.id}" in taken[0].text


async def test_alerts_of_other_teams_are_not_shown(desk: Desk) -> None:
    team = await desk.teams.create("Sales", TeamKind.SALES)
    await desk.fails()
    await desk.look()
    await desk.execute("update alerts set team_id = $1", team.id)
    assert await desk.alerts.page(await desk.reader(), None, None, None, 10) == []
    assert len(await desk.alerts.page(await desk.reader(team.id), None, None, None, 10)) == 1
    assert len(await desk.alerts.page(await desk.reader(role=Role.ADMIN), None, None, None, 10)) == 1


async def test_the_old_is_forgotten(desk: Desk) -> None:
    await desk.fails()
    await desk.look()
    await desk.execute("update dead_letters set state = 'discarded'")
    await desk.look(COOLDOWN)
    await desk.alerts.prune()
    assert len(await desk.alerts.page(await desk.reader(), None, None, None, 10)) == 1
    await desk.execute("update alerts set resolved_at = now() - interval '91 days'")
    await desk.alerts.prune()
    assert await desk.alerts.page(await desk.reader(), None, None, None, 10) == []


async def test_an_open_circuit_is_told_and_so_is_its_end(desk: Desk) -> None:
    await desk.person(Role.SUPERVISOR)
    await desk.execute("insert into circuit_state (circuit, state) values ('ticketing', 'open'), ('other', 'closed')")
    assert await desk.look() == [Word.BEGAN]
    await desk.execute("update circuit_state set state = 'closed'")
    assert await desk.look() == [Word.OVER]
    titles = {one.title for one in await desk.notices.take(10)}
    assert titles == {"The ticketing system does not answer", "Over: the ticketing system does not answer"}


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ({"state": "create_unknown", "searched_since": timedelta(seconds=61)}, Rule.TRANSACTION_UNKNOWN),
        ({"state": "create_unknown", "searched_since": timedelta(seconds=50)}, None),
        ({"state": "manual_review", "consent_id": "given"}, Rule.TRANSACTION_REVIEW),
        ({"state": "awaiting_confirmation", "failures": 4}, None),
        ({"state": "cancelled", "failures": 5}, Rule.WRONG_CONFIRMATIONS),
        ({"state": "awaiting_approval", "asked": timedelta(minutes=6)}, Rule.APPROVAL_WAITING),
        ({"state": "awaiting_approval", "asked": timedelta(minutes=4)}, None),
    ],
)
async def test_drafts_that_somebody_has_to_look_at(
    desk: Desk, decider: Decider, journal: Journal, columns: dict[str, Any], rule: Rule | None
) -> None:
    team = await desk.teams.create("Sales", TeamKind.SALES)
    _, change = decider.begin(opening=decider.opening(team_id=team.id))
    await journal.append([change])
    conversation = change.conversation
    assert conversation is not None
    given = dict(columns)
    asked = given.pop("asked", None)
    if isinstance(given.get("searched_since"), timedelta):
        given["searched_since"] = datetime.now(UTC) - given["searched_since"]
    if "consent_id" in given or asked is not None:
        given["consent_id"] = await consent(desk, uuid4())
    made = await draft(desk, conversation.id, conversation.customer.id, **given)
    if asked is not None:
        await desk.execute(
            "insert into transaction_approvals (id, draft_id, terms, state, requested_at, expires_at)"
            " values (gen_random_uuid(), $1, '', 'pending', now() - $2::interval, now() + interval '9 minutes')",
            made,
            asked,
        )
    await desk.look()
    found = await desk.alerts.page(await desk.reader(team.id), None, None, None, 10)
    assert [one.rule for one in found] == ([rule] if rule else [])
    assert all((one.conversation_id, one.team_id) == (conversation.id, team.id) for one in found)
