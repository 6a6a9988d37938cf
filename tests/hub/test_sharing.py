"""Whose something is and who may change it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Forbidden, HubError, Invalid
from hub.ids import uuid7
from hub.rights import Reader, Role
from hub.sharing import Scope, Sharing, share

ANA, BEN = uuid7(), uuid7()
MINE, OTHER = uuid7(), uuid7()

READERS = st.builds(
    Reader,
    st.sampled_from([ANA, BEN]),
    st.sampled_from([Role.ADMIN, Role.SUPERVISOR, Role.AGENT]),
    st.sampled_from([frozenset(), frozenset({MINE})]),
)


@given(st.sampled_from(Scope), st.none() | st.sampled_from([MINE, OTHER]), READERS, READERS, st.booleans())
def test_what_can_be_shared_is_seen_by_who_shared_it_and_by_whom_it_is_for(
    scope: Scope, team_id: object, maker: Reader, reader: Reader, manages: bool
) -> None:
    try:
        sharing = share(scope, team_id, maker, manages=manages)  # type: ignore[arg-type]
    except HubError:
        fits = (scope is Scope.TEAM) is (team_id is not None)
        may = manages or scope is Scope.MINE
        theirs = team_id is None or maker.all or team_id in maker.team_ids
        assert not (fits and may and theirs)
        return
    assert sharing.visible_to(maker)
    sharing.check_change(manages=manages)
    told = {
        Scope.MINE: reader.user_id == maker.user_id,
        Scope.TEAM: reader.all or team_id in reader.team_ids,
        Scope.ALL: True,
    }
    assert sharing.visible_to(reader) == told[scope]


def test_what_is_shared_is_changed_by_those_who_manage_it() -> None:
    for scope in (Scope.TEAM, Scope.ALL):
        with pytest.raises(Forbidden):
            Sharing(scope, ANA, MINE).check_change(manages=False)
        Sharing(scope, ANA, MINE).check_change(manages=True)
    Sharing(Scope.MINE, ANA).check_change(manages=False)


def test_what_does_not_fit_is_said() -> None:
    agent = Reader(ANA, Role.SUPERVISOR, frozenset({MINE}))
    for scope, team_id in ((Scope.TEAM, None), (Scope.ALL, MINE), (Scope.MINE, MINE), (Scope.TEAM, OTHER)):
        with pytest.raises(Invalid):
            share(scope, team_id, agent, manages=True)
    for scope in (Scope.TEAM, Scope.ALL):
        with pytest.raises(Forbidden):
            share(scope, None, agent, manages=False)
