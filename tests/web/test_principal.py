"""Who asks, and what he may."""

import pytest
from aiohttp.test_utils import make_mocked_request

from hub.errors import Forbidden, Unauthenticated
from hub.ids import uuid7
from hub.rights import Permission, Role
from web.principal import PRINCIPAL, Principal, principal

USER, TEAM = uuid7(), uuid7()


def test_rights_follow_the_role_unless_narrowed() -> None:
    ana = Principal(USER, "Ana", Role.AGENT)
    ana.require(Permission.SEARCH_USE)
    with pytest.raises(Forbidden):
        ana.require(Permission.USERS_MANAGE)
    key = Principal(USER, "Import", Role.SERVICE, kind="key", rights=frozenset({Permission.SEARCH_USE}))
    assert key.may(Permission.SEARCH_USE)
    assert not key.may(Permission.USERS_MANAGE)
    assert (ana.key, key.key) == (f"user:{USER}", f"key:{USER}")


def test_what_is_seen() -> None:
    ana = Principal(USER, "Ana", Role.AGENT, frozenset({TEAM}))
    assert ana.sees(team_id=TEAM, assignee_id=None)
    assert ana.sees(team_id=uuid7(), assignee_id=USER)
    assert not ana.sees(team_id=uuid7(), assignee_id=None)
    assert not ana.reader.all
    assert ana.reader.team_ids == {TEAM}


def test_nobody_is_an_error() -> None:
    request = make_mocked_request("GET", "/")
    with pytest.raises(Unauthenticated):
        principal(request)
    ana = request[PRINCIPAL] = Principal(USER, "Ana", Role.AGENT)
    assert principal(request) is ana
