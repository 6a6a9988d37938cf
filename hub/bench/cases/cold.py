"""From the start of the process to the first 200 of `/readyz`, on a database that is there already."""

from hub.bench.graph import listening
from hub.bench.stage import Stage
from storage import embedded


async def measure(stage: Stage) -> None:
    """With a PostgreSQL that runs, and with the embedded one of a data directory, which has to be started first."""
    data = stage.directory / "cold"
    async with listening() as graph, stage.postgres.database() as url:
        try:
            async with stage.serving(url, graph), stage.serving("embedded", graph, data):
                pass
            for _ in stage.repetitions("cold start"):
                async with stage.serving(url, graph) as server:
                    stage.samples.add("hub.cold.external", server.ready - server.spawned)
                embedded.stop(data)
                async with stage.serving("embedded", graph, data) as server:
                    stage.samples.add("hub.cold.embedded", server.ready - server.spawned)
        finally:
            embedded.stop(data)
    for _ in range(stage.scale.repetitions):
        async with stage.bare() as bare:
            stage.samples.add("bare.cold.external", bare.server.ready - bare.server.spawned)
