"""Whom an event is for."""

from typing import Any

import pytest

from hub.events import Audience
from hub.ids import uuid7


@pytest.mark.parametrize("given", [{"team_id": uuid7()}, {"assignee_id": uuid7()}, {"user_id": uuid7()}])
def test_any_name_restricts_it(given: dict[str, Any]) -> None:
    assert not Audience(**given).everybody


def test_without_one_it_is_for_everybody() -> None:
    assert Audience().everybody
