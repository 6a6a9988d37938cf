"""Saying whether one is at work."""

from datetime import UTC, datetime

import pytest
from aiohttp import web

from hub.ids import uuid7
from hub.rights import Role
from tests.web.conftest import OpenDoors
from web.presence import PresenceDoors
from web.principal import Principal

URL = "/api/v1/users/me/presence"
ANA = Principal(uuid7(), "Ana", Role.AGENT)
MOMENT = datetime(2026, 1, 5, tzinfo=UTC)


class Board:
    """Writes down who said what."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, str | None]] = []

    async def put(self, who: Principal, state: str, reason: str | None) -> datetime:
        self.said.append((who.name, state, reason))
        return MOMENT


async def ana(_request: web.Request) -> Principal:
    return ANA


async def test_a_state_is_handed_on(open_doors: OpenDoors) -> None:
    board = Board()
    client = await open_doors(*PresenceDoors(board).routes(), authenticate=ana)
    answer = await client.put(URL, json={"state": "away", "reason": "lunch"})
    assert await answer.json() == {
        "user_id": str(ANA.user_id), "state": "away", "reason": "lunch", "since": "2026-01-05T00:00:00.000Z",
    }  # fmt: skip
    assert board.said == [("Ana", "away", "lunch")]


@pytest.mark.parametrize(
    "body", [{}, {"state": "invisible"}, {"state": ["away"]}, {"state": "away", "reason": "x" * 101}]
)
async def test_what_is_no_state(open_doors: OpenDoors, body: object) -> None:
    board = Board()
    client = await open_doors(*PresenceDoors(board).routes(), authenticate=ana)
    assert (await client.put(URL, json=body)).status == 422
    assert board.said == []
