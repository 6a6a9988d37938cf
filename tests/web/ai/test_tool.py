"""Tools over JSON: what is offered, and what comes of a body that is none."""

import gzip
import json
from typing import Any

import jsonschema_rs
import pytest

from hub.ai.toolbox import TOOLS
from tests.web.ai.ai_stage import AiStage, problem


async def test_a_call_is_carried_out(ai: AiStage) -> None:
    line = await ai.line()
    answer = await ai.search(line)
    assert answer.status == 200, await answer.text()
    seen = await answer.json()
    assert jsonschema_rs.is_valid(TOOLS["search_tickets"].answer, seen)
    assert seen["result"]["tickets"][0]["subject"] == {"untrusted_text": "Late parcel", "truncated": False}
    assert seen["rate_limit"] == {"limit": 10, "remaining": 9, "reset_s": 3600}
    assert answer.headers["RateLimit"] == '"conversation";r=9;t=3600'
    assert ai.back_ends.asked == [("search_tickets", (str(line.customer_id), None))]


async def test_the_list_has_what_may_be_used_in_the_conversation(ai: AiStage) -> None:
    line = await ai.line()

    async def names(headers: dict[str, str], **asked: str) -> list[str]:
        answer = await ai.client.get("/ai/v1/tools", headers=headers, params=asked)
        assert answer.status == 200, await answer.text()
        return [tool.get("name") or tool["function"]["name"] for tool in (await answer.json())["tools"]]

    assert await names(line.headers) == ["search_tickets"]
    assert await names(ai.key, conversation_id=str(line.id)) == ["search_tickets"]
    assert await names(ai.key) == list(TOOLS)
    await ai.sales()
    for form in ("mcp", "openai", "anthropic"):
        assert await names(line.headers, format=form) == list(TOOLS)
    await ai.ask("POST", f"conversations/{line.id}/messages", {"client_id": str(line.id), "text": "I am here"})
    assert await names(line.headers) == []


async def test_the_list_is_kept_by_whoever_asked(ai: AiStage) -> None:
    line = await ai.line()
    first = await ai.client.get("/ai/v1/tools", headers=line.headers)
    assert first.headers["Cache-Control"].startswith("private")
    again = {**line.headers, "If-None-Match": first.headers["ETag"]}
    assert (await ai.client.get("/ai/v1/tools", headers=again)).status == 304
    await ai.sales()
    assert (await ai.client.get("/ai/v1/tools", headers=again)).status == 200


async def test_one_tool_is_shown_with_its_limits_and_problems(ai: AiStage) -> None:
    line = await ai.line()
    answer = await ai.client.get("/ai/v1/tools/search_tickets", headers=line.headers)
    seen = await answer.json()
    assert seen["limits"]["conversation_calls_per_hour"] == 10
    assert {"customer_mismatch", "rate_limited", "suspicious_content"} <= set(seen["problems"])
    hidden = await ai.client.get("/ai/v1/tools/commit_transaction", headers=line.headers)
    assert await problem(hidden) == (404, "unknown_tool")


BODIES: list[tuple[bytes, dict[str, str], tuple[int, str]]] = [
    (b"", {}, (400, "invalid_json")),
    (b"{", {}, (400, "invalid_json")),
    (b"[]", {}, (422, "invalid_request")),
    (b"{}", {}, (422, "invalid_request")),
    (b'{"arguments": {}, "tool": "x"}', {}, (422, "invalid_request")),
    (b'{"arguments": {"a": 1, "a": 2}}', {}, (400, "invalid_json")),
    (b'{"arguments": {"a": NaN}}', {}, (400, "invalid_json")),
    (b'{"arguments": ' + b"[" * 40 + b"]" * 40 + b"}", {}, (400, "invalid_json")),
    (b'{"arguments": [' + b"1," * 30_000 + b"1]}", {}, (422, "invalid_arguments")),
    (b'{"arguments": "' + b"x" * 70_000 + b'"}', {}, (413, "payload_too_large")),
    (gzip.compress(b'{"arguments": {}}', mtime=0), {"Content-Encoding": "gzip"}, (415, "unsupported_media")),
    (b"arguments=1", {"Content-Type": "application/x-www-form-urlencoded"}, (415, "unsupported_media")),
]


@pytest.mark.parametrize(("body", "headers", "expected"), BODIES)
async def test_a_body_that_is_no_call_is_refused_and_recorded(
    ai: AiStage, body: bytes, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    line = await ai.line()
    given = {"Content-Type": "application/json", **line.headers, **headers}
    answer = await ai.client.post("/ai/v1/tools/search_tickets/call", data=body, headers=given)
    assert await problem(answer) == expected
    assert [(row["decision"], row["problem"]) for row in await ai.rows()] == [("denied", expected[1])]
    assert ai.back_ends.asked == []


async def test_whoever_has_no_business_here_is_told_that_the_body_is_too_large(ai: AiStage) -> None:
    answer = await ai.client.post(
        "/ai/v1/tools/x/call", data=b"x" * 70_000, headers={"Content-Type": "application/json"}
    )
    assert await problem(answer) == (413, "payload_too_large")


async def test_a_session_need_not_repeat_its_conversation(ai: AiStage) -> None:
    line = await ai.line()
    body = {"arguments": {"customer_id": str(line.customer_id)}}
    assert (await ai.client.post("/ai/v1/tools/search_tickets/call", json=body, headers=line.headers)).status == 200
    nowhere = await ai.client.post("/ai/v1/tools/search_tickets/call", json=body, headers=ai.key)
    assert await problem(nowhere) == (404, "conversation_not_accessible")


async def test_a_problem_says_which_call_it_was_and_what_to_do(ai: AiStage) -> None:
    line = await ai.line()
    answer = await ai.call(line, "search_tickets", {"is_admin": True, "<script>": 1})
    seen: dict[str, Any] = json.loads(await answer.text())
    assert seen["type"] == "/problems/invalid_arguments"
    assert seen["instance"] == f"urn:uuid:{seen['call_id']}"
    assert seen["call_id"] == (await ai.rows())[0]["call_id"]
    assert {(error["pointer"], error["rule"]) for error in seen["errors"]} == {
        ("/is_admin", "additionalProperties"),
        ("/*", "additionalProperties"),
        ("/customer_id", "required"),
    }
    assert seen["hint"]
    assert seen["retryable"] is False
