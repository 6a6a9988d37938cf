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

    async def fine() -> None:
        done.append("fine")

    with caplog.at_level(logging.WARNING):
        await Housekeeping({"away": away, "fine": fine}).round()
    assert done == ["away", "fine"]
    assert [vars(record)["chore"] for record in caplog.records] == ["away"]
