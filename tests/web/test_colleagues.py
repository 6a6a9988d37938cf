"""All doors of what colleagues have for each other."""

from typing import Any

from actors.kernel import System
from storage.database import Database
from tests.web.desk_stage import staged_desk
from web.colleagues import Colleagues


async def test_every_noun_has_its_doors(database: Database, aiohttp_client: Any) -> None:
    async with staged_desk(database, aiohttp_client) as stage:
        routes = Colleagues(System(), stage, stage.cursors).routes()
        assert {"tags", "notes", "notifications", "saved replies", "views", "rooms"} <= {
            tag for route in routes for tag in route.tags
        }
        assert {route.path for route in routes} <= {route.path for route in stage.routes()}
        assert all(route.permission is not None for route in routes)
