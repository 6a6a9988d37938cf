"""The table of rights, and who sees which conversation."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.rights import PEOPLE, RIGHTS, Permission, Reader, Role, may, sees

MINE, TEAM, OTHER = uuid4(), uuid4(), uuid4()


def test_each_role_may_what_the_ones_below_may() -> None:
    assert RIGHTS[Role.AGENT] < RIGHTS[Role.SUPERVISOR] < RIGHTS[Role.ADMIN]
    assert RIGHTS[Role.ADMIN] == frozenset(Permission)


def test_a_program_may_what_needs_no_person_and_leaves_neither_people_nor_keys_behind() -> None:
    assert RIGHTS[Role.SERVICE] == frozenset(Permission) - {
        Permission.ACCOUNT_USE,
        Permission.INBOX_USE,
        Permission.ROOMS_USE,
        Permission.NOTIFICATIONS_USE,
        Permission.REALTIME_CONNECT,
        Permission.APPROVALS_DECIDE,
        Permission.USERS_MANAGE,
        Permission.API_KEYS_MANAGE,
    }
    assert Role.SERVICE not in PEOPLE
    assert set(PEOPLE) | {Role.SERVICE} == set(Role)


@pytest.mark.parametrize(
    ("role", "permission", "allowed"),
    [
        (Role.AGENT, Permission.MESSAGES_SEND, True),
        (Role.AGENT, Permission.APPROVALS_DECIDE, False),
        (Role.AGENT, Permission.REPORTS_READ, False),
        (Role.AGENT, Permission.USERS_MANAGE, False),
        (Role.SUPERVISOR, Permission.APPROVALS_DECIDE, True),
        (Role.SUPERVISOR, Permission.TAGS_MANAGE, True),
        (Role.SUPERVISOR, Permission.AUDIT_READ, False),
        (Role.SUPERVISOR, Permission.CUSTOMERS_ERASE, False),
        (Role.ADMIN, Permission.CUSTOMERS_ERASE, True),
    ],
)
def test_who_may_what(role: Role, permission: Permission, allowed: bool) -> None:
    assert may(role, permission) is allowed


def test_permissions_are_a_noun_and_a_verb() -> None:
    assert all(len(permission.split(":")) == 2 for permission in Permission)


@given(st.sampled_from(Role), st.sampled_from([None, TEAM, OTHER]), st.sampled_from([None, MINE, OTHER]))
def test_a_conversation_is_seen_by_its_team_its_assignee_and_admins(
    role: Role, team_id: object, assignee_id: object
) -> None:
    seen = sees(role, MINE, {TEAM}, team_id=team_id, assignee_id=assignee_id)  # type: ignore[arg-type]
    everything = role in (Role.ADMIN, Role.SERVICE)
    assert seen == (everything or team_id == TEAM or assignee_id == MINE)
    reader = Reader(MINE, role, frozenset({TEAM}))
    assert reader.sees(team_id=team_id, assignee_id=assignee_id) == seen  # type: ignore[arg-type]
    assert reader.all == everything
