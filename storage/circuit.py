"""Which circuits are open, across restarts."""

from attrs import frozen

from hub.integration.breaker import State
from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `circuit.sql`."""

    opened_ago: str
    save: str


SQL = load("circuit.sql", Sql)


class CircuitStates:
    """The port `actors.circuit_world.CircuitStore`. Every method raises Unavailable when the database is away.

    Ages are those of the database's clock, which all replicas share.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def opened_ago(self, circuit: str) -> float | None:
        """How many seconds ago it was opened, None when it is closed or was never used."""
        async with self._database.acquire() as connection:
            ago: float | None = await connection.fetchval(SQL.opened_ago, circuit)
        return ago

    async def save(self, circuit: str, state: State) -> None:
        """Notes its state, open or closed, from this moment."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.save, circuit, state.value)
