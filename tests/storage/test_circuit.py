"""An open circuit outlives the process."""

import pytest

from hub.errors import Unavailable
from hub.integration.breaker import State
from storage.circuit import CircuitStates
from storage.database import Database


async def test_an_open_circuit_is_found_open_with_its_age(database: Database) -> None:
    states = CircuitStates(database)
    assert await states.opened_ago("ticketing") is None
    await states.save("ticketing", State.OPEN)
    assert 0.0 <= (await states.opened_ago("ticketing") or -1.0) < 60.0
    async with database.acquire() as connection:
        await connection.execute("update circuit_state set changed_at = changed_at - interval '90 s'")
    assert 90.0 <= (await states.opened_ago("ticketing") or 0.0) < 150.0
    assert await states.opened_ago("transaction_status") is None


async def test_one_that_closed_is_closed(database: Database) -> None:
    states = CircuitStates(database)
    for state in (State.OPEN, State.CLOSED):
        await states.save("ticketing", state)
    assert await states.opened_ago("ticketing") is None


async def test_a_database_that_is_away_says_so() -> None:
    states = CircuitStates(Database("postgresql://127.0.0.1:1/none"))
    with pytest.raises(Unavailable):
        await states.opened_ago("ticketing")
    with pytest.raises(Unavailable):
        await states.save("ticketing", State.OPEN)
