"""Permissions: every rule has to hold, and the first that does not is named."""

from typing import Any
from uuid import UUID

import pytest

from hub.ai.permission import RULES, permit, permitted
from hub.ai.session import AiCaller, AiScope
from hub.ai.toolbox import COMMIT_TRANSACTION, SEARCH_TICKETS
from hub.conversation.state import Status
from hub.errors import AiDetached, ConversationClosed, HubError, InsufficientScope, ToolDisabled, ToolNotPermitted
from hub.team import TeamKind

ANY = AiCaller(UUID(int=1), "1a")
READER = AiCaller(UUID(int=1), "1a", frozenset({AiScope.READ}))
LATE = AiCaller(UUID(int=1), "1a", ai_epoch=0)

CASES: list[tuple[AiCaller, dict[str, Any], type[HubError]]] = [
    (READER, {}, InsufficientScope),
    (ANY, {"disabled": frozenset({"commit_transaction"})}, ToolDisabled),
    (ANY, {"team_kind": TeamKind.SUPPORT}, ToolNotPermitted),
    (ANY, {"team_kind": None}, ToolNotPermitted),
    (ANY, {"status": Status.RESOLVED}, ConversationClosed),
    (ANY, {"status": Status.CLOSED}, ConversationClosed),
    (ANY, {"ai_epoch": 1}, AiDetached),
    (LATE, {"ai_epoch": 2}, AiDetached),
]


@pytest.mark.parametrize(("caller", "given", "error"), CASES)
def test_what_is_not_allowed_by_every_rule_is_refused(
    new_subject: Any, caller: AiCaller, given: dict[str, Any], error: type[HubError]
) -> None:
    with pytest.raises(error):
        permit(COMMIT_TRANSACTION, caller, new_subject(**given))
    assert not permitted(COMMIT_TRANSACTION, caller, new_subject(**given))


def test_every_rule_has_its_case() -> None:
    assert {error for _, error in RULES} == {error for _, _, error in CASES}


def test_money_moves_for_sales_and_tickets_are_read_by_all(new_subject: Any) -> None:
    assert permitted(COMMIT_TRANSACTION, ANY, new_subject())
    assert permitted(SEARCH_TICKETS, READER, new_subject(team_kind=TeamKind.SUPPORT))
    assert permitted(SEARCH_TICKETS, READER, new_subject(team_kind=None))
