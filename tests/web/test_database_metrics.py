"""The figures of the pool: read from the pool itself when somebody asks."""

from prometheus_client import CollectorRegistry

from storage.database import Database
from web.database_metrics import DatabaseMetrics


async def test_the_pool_as_it_is(database: Database) -> None:
    registry = CollectorRegistry()
    DatabaseMetrics(registry, database.size)

    def connections() -> tuple[float | None, float | None]:
        name = "hub_db_pool_connections"
        idle = registry.get_sample_value(name, {"state": "idle"})
        return idle, registry.get_sample_value(name, {"state": "used"})

    assert connections() == (1, 0)
    async with database.acquire():
        assert connections() == (0, 1)
    await database.close()
    assert connections() == (0, 0)
