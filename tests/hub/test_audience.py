import pytest

from hub.audience import Viewer, entitled
from hub.events import Audience
from hub.ids import uuid7
from hub.rights import Role

TEAM, OTHER_TEAM, ME, SOMEBODY = uuid7(), uuid7(), uuid7(), uuid7()


@pytest.mark.parametrize(
    ("role", "audience", "conversation", "told"),
    [
        (Role.AGENT, Audience(), False, True),
        (Role.AGENT, Audience(), True, False),
        (Role.ADMIN, Audience(), True, True),
        (Role.AGENT, Audience(team_id=TEAM), True, True),
        (Role.AGENT, Audience(team_id=TEAM), False, True),
        (Role.AGENT, Audience(team_id=OTHER_TEAM), True, False),
        (Role.SUPERVISOR, Audience(team_id=OTHER_TEAM), True, False),
        (Role.ADMIN, Audience(team_id=OTHER_TEAM), True, True),
        (Role.AGENT, Audience(team_id=OTHER_TEAM, assignee_id=ME), True, True),
        (Role.AGENT, Audience(assignee_id=SOMEBODY), True, False),
        (Role.AGENT, Audience(user_id=ME), False, True),
        (Role.AGENT, Audience(team_id=TEAM, user_id=SOMEBODY), True, False),
        (Role.AGENT, Audience(team_id=TEAM, user_id=ME), True, True),
        (Role.AGENT, Audience(team_id=OTHER_TEAM, user_id=ME), True, False),
        (Role.AGENT, Audience(assignee_id=ME, user_id=ME), True, True),
        (Role.AGENT, Audience(user_id=ME), True, False),
        (Role.ADMIN, Audience(user_id=SOMEBODY), False, False),
        (Role.AGENT, Audience(members=(TEAM,)), False, True),
        (Role.AGENT, Audience(members=(SOMEBODY, ME)), False, True),
        (Role.AGENT, Audience(members=(OTHER_TEAM, SOMEBODY)), False, False),
        (Role.ADMIN, Audience(members=(OTHER_TEAM, SOMEBODY)), False, False),
        (Role.AGENT, Audience(user_id=ME, members=(TEAM,)), False, True),
        (Role.AGENT, Audience(user_id=ME, members=(OTHER_TEAM,)), False, False),
        (Role.AGENT, Audience(user_id=SOMEBODY, members=(TEAM,)), False, False),
    ],
)
def test_who_is_told(role: Role, audience: Audience, conversation: bool, told: bool) -> None:
    viewer = Viewer(ME, "Ana", role, frozenset({TEAM}))
    assert entitled(viewer, audience, conversation=conversation) is told
