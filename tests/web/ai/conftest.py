"""The AI agent's doors on a real database."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from storage.database import Database
from tests.web.ai.ai_stage import AiStage, staged_ai


@pytest.fixture
async def ai(database: Database, aiohttp_client: Any) -> AsyncIterator[AiStage]:
    """The desk with the AI agent's doors."""
    async with staged_ai(database, aiohttp_client) as stage:
        yield stage
