"""The documents by which programs find out how to come in."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from storage.database import Database
from tests.web.desk_stage import staged_desk
from tests.web.mcp_stage import McpStage


@pytest.fixture
async def ai(database: Database, aiohttp_client: Any) -> AsyncIterator[McpStage]:
    async with staged_desk(database, aiohttp_client, McpStage) as stage:
        yield stage


@pytest.mark.parametrize("path", ["", "/mcp"])
async def test_a_resource_is_described_under_its_own_address(ai: McpStage, path: str) -> None:
    answer = await ai.client.get(f"/.well-known/oauth-protected-resource{path}", headers={"Host": "127.0.0.1:8080"})
    assert answer.status == 200
    seen = await answer.json()
    assert seen["resource"] == f"http://127.0.0.1:8080{path}"
    assert set(seen["scopes_supported"]) == {"tools:read", "tools:write", "messages"}
    assert "authorization_servers" not in seen


async def test_nothing_is_described_under_a_foreign_name(ai: McpStage) -> None:
    answer = await ai.client.get("/.well-known/oauth-protected-resource", headers={"Host": "evil.example.com"})
    assert answer.status == 403
