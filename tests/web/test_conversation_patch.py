"""Edits as requests mean them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from hub.conversation.commands import UNSET
from hub.conversation.state import Status
from hub.errors import Invalid
from hub.ids import uuid7
from hub.rights import Role
from hub.team import TeamKind
from storage.database import Database
from storage.team import TeamStore
from storage.user import UserStore
from web.conversation_patch import ConversationPatch, Edits, author_of
from web.principal import Principal
from web.shapes import structure

WHO = Principal(uuid7(), "Ana", Role.AGENT, frozenset({uuid7()}))


def body(**given: Any) -> ConversationPatch:
    return structure(given, ConversationPatch)


@pytest.fixture
def edits(database: Database) -> Edits:
    return Edits(UserStore(database), TeamStore(database))


async def test_what_is_absent_is_left_and_null_is_a_value(edits: Edits) -> None:
    left = await edits.edit(WHO, None, body(), None)
    assert [getattr(left, n) for n in ("assignee", "team_id", "priority", "subject", "attributes")] == [UNSET] * 5
    assert (left.snoozed_until, left.status, left.version) == (UNSET, None, None)
    until = "2099-01-01T00:00:00.000Z"
    given = {"assignee_id": None, "team_id": None, "subject": None, "status": "snoozed", "priority": 0}
    made = await edits.edit(WHO, 3, body(**given, snoozed_until=until, attributes={}), uuid7())
    assert (made.assignee, made.team_id, made.subject, made.priority, made.attributes) == (None, None, None, 0, {})
    assert (made.version, made.status, made.snoozed_until) == (3, Status.SNOOZED, datetime(2099, 1, 1, tzinfo=UTC))
    assert (await edits.edit(WHO, None, body(status="snoozed", snoozed_until=None), None)).snoozed_until is None


async def test_who_acts_comes_with_his_rights(edits: Edits) -> None:
    made = await edits.edit(WHO, None, body(priority=1), None)
    assert made.author == author_of(WHO)
    assert made.author.rights == WHO.reader


async def test_teams_and_people_that_there_are_not(edits: Edits) -> None:
    team = await edits.teams.create("Support", TeamKind.SUPPORT)
    await edits.edit(WHO, None, body(team_id=str(team.id)), None)
    for given, path in (({"team_id": str(uuid7())}, "$.team_id"), ({"assignee_id": str(uuid7())}, "$.assignee_id")):
        with pytest.raises(Invalid) as refusal:
            await edits.edit(WHO, None, body(**given), UUID(int=team.id.int))
        assert [error["path"] for error in refusal.value.errors] == [path]
