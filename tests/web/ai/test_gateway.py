"""The gateway put together: a back end that is not configured takes its tools with it."""

from typing import Any

from storage.database import Database
from tests.web.ai.ai_stage import AiStage, problem
from tests.web.desk_stage import staged_desk


class WithoutTickets(AiStage):
    """A company without a ticketing system."""

    def __init__(self, *more: Any) -> None:
        super().__init__(*more)
        self.back_ends.missing = {"ticketing"}


async def test_a_tool_without_its_back_end_is_not_there(database: Database, aiohttp_client: Any) -> None:
    async with staged_desk(database, aiohttp_client, WithoutTickets) as ai:
        line = await ai.line()
        assert await problem(await ai.search(line)) == (404, "unknown_tool")
        assert "search_tickets" not in ai.gateway.tools
        assert len(ai.gateway.tools) == 5
