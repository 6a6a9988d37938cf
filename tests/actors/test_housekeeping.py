"""All that is to be forgotten is looked at, whatever becomes of one of them."""

import logging

import pytest

from actors.housekeeping import Housekeeping
from hub.errors import Unavailable


async def test_a_chore_that_fails_costs_the_others_nothing(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    async def away() -> None:
        done.append("away")
        raise Unavailable

    async def fine() -> int:
        done.append("fine")
        return 3

    async def silent() -> None:
        done.append("silent")

    counted: dict[str, int] = {}

    with caplog.at_level(logging.WARNING):
        await Housekeeping({"away": away, "fine": fine, "silent": silent}, counted.__setitem__).round()
    assert done == ["away", "fine", "silent"]
    assert counted == {"fine": 3, "silent": 0}
    assert [vars(record)["chore"] for record in caplog.records] == ["away"]
