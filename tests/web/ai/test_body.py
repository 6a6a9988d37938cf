"""The bodies that the AI agent's doors read."""

import gzip

import pytest

from tests.web.ai.ai_stage import AiStage, problem


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "GZIP", "identity, gzip"])
async def test_a_packed_body_is_not_unpacked(ai: AiStage, encoding: str) -> None:
    bomb = gzip.compress(b'{"arguments": "' + b" " * 30_000_000 + b'"}', mtime=0)
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding, **ai.key}
    answer = await ai.client.post("/ai/v1/tools/search_tickets/call", data=bomb, headers=headers)
    assert await problem(answer) == (415, "unsupported_media")


@pytest.mark.parametrize("encoding", ["identity", "IDENTITY", ""])
async def test_a_body_as_it_is_is_read(ai: AiStage, encoding: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding, **ai.key}
    answer = await ai.client.post("/ai/v1/tools/search_tickets/call", data=b"{", headers=headers)
    assert await problem(answer) == (400, "invalid_json")
