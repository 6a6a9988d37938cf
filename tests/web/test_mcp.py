"""MCP's door: what is a fault of the protocol, what a result, and what is refused by HTTP."""

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import jsonschema_rs
import pytest

from hub.ai.toolbox import TOOLS
from storage.database import Database
from tests.web.ai.ai_stage import problem
from tests.web.desk_stage import staged_desk
from tests.web.mcp_stage import NEW, OLD, McpStage, Wire, written

WIRES = list(Wire)


@pytest.fixture
async def ai(database: Database, aiohttp_client: Any) -> AsyncIterator[McpStage]:
    async with staged_desk(database, aiohttp_client, McpStage) as stage:
        yield stage


@pytest.mark.parametrize("wire", WIRES)
async def test_a_call_is_answered_with_data_that_fits_its_schema(ai: McpStage, wire: Wire) -> None:
    line = await ai.line()
    status, answer = await ai.use(line, "search_tickets", {"customer_id": str(line.customer_id)}, wire)
    assert (status, answer["jsonrpc"], answer["id"]) == (200, "2.0", 1)
    result = answer["result"]
    assert result["isError"] is False
    assert jsonschema_rs.is_valid(TOOLS["search_tickets"].answer, result["structuredContent"])
    assert [json.loads(part["text"]) for part in result["content"]] == [result["structuredContent"]]
    assert ("resultType" in result) is (wire is Wire.STATELESS)
    assert ai.back_ends.asked == [("search_tickets", (str(line.customer_id), None))]
    assert [row["phase"] for row in await ai.rows()] == ["intent", "outcome"]


@pytest.mark.parametrize("wire", WIRES)
async def test_a_problem_is_a_result_that_the_model_sees(ai: McpStage, wire: Wire) -> None:
    line = await ai.line()
    status, answer = await ai.use(line, "search_tickets", {"is_admin": True}, wire)
    assert (status, answer["result"]["isError"]) == (200, True)
    seen = answer["result"]["structuredContent"]
    assert (seen["code"], seen["status"]) == ("invalid_arguments", 422)
    assert seen["call_id"] == (await ai.rows())[0]["call_id"]
    assert [json.loads(part["text"]) for part in answer["result"]["content"]] == [seen]


@pytest.mark.parametrize("wire", WIRES)
async def test_an_unknown_tool_is_the_program_s_fault(ai: McpStage, wire: Wire) -> None:
    line = await ai.line()
    status, answer = await ai.use(line, "launch_missiles", {}, wire)
    assert status == (400 if wire is Wire.STATELESS else 200)
    assert answer["error"] == {"code": -32602, "message": "Unknown tool: launch_missiles"}
    assert [(row["decision"], row["problem"]) for row in await ai.rows()] == [("denied", "unknown_tool")]
    _, answer = await ai.use(line, "x\u202ey", {}, Wire.HANDSHAKE)
    assert answer["error"]["message"] == "Unknown tool"


@pytest.mark.parametrize("wire", WIRES)
async def test_the_list_has_what_may_be_used_in_the_conversation(ai: McpStage, wire: Wire) -> None:
    line = await ai.line()

    async def names(headers: dict[str, str], **meta: Any) -> list[str]:
        answer = await ai.say("tools/list", {}, headers, wire, **meta)
        assert answer.status == 200, await answer.text()
        return [tool["name"] for tool in (await answer.json())["result"]["tools"]]

    assert await names(line.headers) == ["search_tickets"]
    assert await names(ai.key) == list(TOOLS)
    named: dict[str, Any] = {"hub/conversationId": str(line.id)}
    assert await names(ai.key, **named) == ["search_tickets"]
    for elsewhere in (str(uuid4()), "nowhere", 7):
        nowhere: dict[str, Any] = {"hub/conversationId": elsewhere}
        answer = await ai.say("tools/list", {}, ai.key, wire, **nowhere)
        assert (await answer.json())["error"]["code"] == -32602
    answer = await ai.say("tools/list", {"cursor": "x"}, ai.key, wire)
    assert (await answer.json())["error"]["code"] == -32602


async def test_a_key_names_the_conversation_and_the_repetition_in_meta(ai: McpStage) -> None:
    line = await ai.line()
    params = {"name": "search_tickets", "arguments": {"customer_id": str(line.customer_id)}}
    meta: dict[str, Any] = {"hub/conversationId": str(line.id), "hub/idempotencyKey": "k-1"}
    answers = [await (await ai.say("tools/call", params, ai.key, **meta)).json() for _ in range(2)]
    assert [answer["result"]["structuredContent"]["replayed"] for answer in answers] == [False, True]
    again = await ai.call(line, "search_tickets", params["arguments"], key="k-1", headers=ai.key)
    assert (await again.json())["replayed"] is True
    assert len(ai.back_ends.asked) == 1
    for key in ("", "x" * 256, 7, ["k"]):
        _, answer = await ai.use(line, "search_tickets", params["arguments"], **{"hub/idempotencyKey": key})  # type: ignore[arg-type]
        assert answer["result"]["structuredContent"]["code"] == "idempotency_key_invalid"


async def test_what_is_left_of_the_limit_is_said_by_http_too(ai: McpStage) -> None:
    line = await ai.line()
    params = {"name": "search_tickets", "arguments": {"customer_id": str(line.customer_id)}}
    for left in range(9, -1, -1):
        answer = await ai.say("tools/call", params, line.headers)
        assert answer.headers["RateLimit"].startswith(f'"conversation";r={left};')
    answer = await ai.say("tools/call", params, line.headers)
    assert (answer.status, (await answer.json())["result"]["structuredContent"]["code"]) == (200, "rate_limited")
    assert answer.headers["RateLimit"].startswith('"conversation";r=0;')
    assert "Retry-After" not in answer.headers


async def test_the_handshake_agrees_on_a_revision_and_keeps_nothing(ai: McpStage) -> None:
    for wanted, agreed in (
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", "2025-03-26"),
        ("2024-11-05", OLD),
        (None, OLD),
    ):
        params = {"protocolVersion": wanted, "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
        body = {"jsonrpc": "2.0", "id": "a", "method": "initialize", "params": params}
        answer = await ai.send(body, ai.key)
        result = (await answer.json())["result"]
        assert (answer.status, result["protocolVersion"], result["capabilities"]) == (200, agreed, {"tools": {}})
        assert "Mcp-Session-Id" not in answer.headers
    accepted = await ai.send({"jsonrpc": "2.0", "method": "notifications/initialized"}, ai.key)
    assert (accepted.status, await accepted.read()) == (202, b"")
    assert (await (await ai.say("ping", wire=Wire.HANDSHAKE)).json())["result"] == {}


async def test_discovery_says_what_there_is(ai: McpStage) -> None:
    result = (await (await ai.say("server/discover")).json())["result"]
    assert result["supportedVersions"] == [NEW, "2025-11-25", "2025-06-18", "2025-03-26"]
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "hub"


@pytest.mark.parametrize(
    ("method", "wire", "status"),
    [
        ("initialize", Wire.STATELESS, 404),
        ("ping", Wire.STATELESS, 404),
        ("resources/list", Wire.STATELESS, 404),
        ("resources/list", Wire.HANDSHAKE, 200),
        ("server/discover", Wire.HANDSHAKE, 200),
        ("__class__", Wire.HANDSHAKE, 200),
    ],
)
async def test_there_are_no_other_methods(ai: McpStage, method: str, wire: Wire, status: int) -> None:
    answer = await ai.say(method, wire=wire)
    assert (answer.status, (await answer.json())["error"]["code"]) == (status, -32601)


PLAIN, ROUTING = written("tools/list", {}, {}, Wire.STATELESS)
OTHER = {
    **PLAIN,
    "params": {"_meta": {**PLAIN["params"]["_meta"], "io.modelcontextprotocol/protocolVersion": "1999-1"}},
}
FAULTS: list[tuple[Any, dict[str, str], int]] = [
    ([PLAIN], ROUTING, -32600),
    ([], {}, -32600),
    (b"null", {}, -32600),
    ({"jsonrpc": "2.0", "id": 1, "result": {}}, {}, -32600),
    ({**PLAIN, "id": None}, ROUTING, -32600),
    (b"{", {}, -32700),
    (b"", ROUTING, -32700),
    (b'{"jsonrpc": "2.0", "id": 1, "id": 2, "method": "ping"}', {}, -32700),
    (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"a": NaN}}', {}, -32700),
    (b"[" * 40 + b"]" * 40, {}, -32700),
    (PLAIN, {**ROUTING, "Mcp-Method": "tools/call"}, -32020),
    (PLAIN, {"MCP-Protocol-Version": NEW}, -32020),
    (PLAIN, {"Mcp-Method": "tools/list"}, -32020),
    (PLAIN, {**ROUTING, "MCP-Protocol-Version": OLD}, -32020),
    ({**PLAIN, "params": {}}, ROUTING, -32602),
    ({**PLAIN, "params": {"_meta": {}}}, {**ROUTING, "MCP-Protocol-Version": "1999-1"}, -32602),
    (OTHER, {**ROUTING, "MCP-Protocol-Version": "1999-1"}, -32022),
    ({"jsonrpc": "2.0", "method": "notifications/x"}, {"MCP-Protocol-Version": "1999-1"}, -32022),
    ({**PLAIN, "method": "tools/call"}, {**ROUTING, "Mcp-Method": "tools/call"}, -32602),
]


@pytest.mark.parametrize(("body", "headers", "code"), FAULTS)
async def test_faults_of_the_protocol(ai: McpStage, body: Any, headers: dict[str, str], code: int) -> None:
    answer = await ai.send(body, {**headers, **ai.key})
    told = await answer.json()
    assert (answer.status, told["jsonrpc"], told["error"]["code"]) == (400, "2.0", code)
    assert "id" in told
    if code == -32022:
        assert told["error"]["data"]["requested"] == "1999-1"
        assert NEW in told["error"]["data"]["supported"]


async def test_a_routing_header_comes_once(ai: McpStage) -> None:
    for name in ("MCP-Protocol-Version", "Mcp-Method"):
        twice = [*ROUTING.items(), (name, ROUTING[name]), *ai.key.items()]
        answer = await ai.client.post("/mcp", json=PLAIN, headers=twice)
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, -32020)


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b'{"x": "' + b"x" * 70_000 + b'"}', {}, (413, "payload_too_large")),
        (gzip.compress(b"{}", mtime=0), {"Content-Encoding": "gzip"}, (415, "unsupported_media")),
        (b"{}", {"Content-Type": "text/plain"}, (415, "unsupported_media")),
    ],
)
async def test_a_body_that_is_not_read_is_recorded(
    ai: McpStage, body: bytes, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    assert await problem(await ai.send(body, {**headers, **ai.key})) == expected
    assert await problem(await ai.send(body, headers)) == expected
    assert [row["problem"] for row in await ai.rows()] == [expected[1], "unauthenticated"]


@pytest.mark.parametrize("shown", ["", "Bearer nonsense", "Basic eDp5", "Bearer person"])
async def test_a_stranger_is_told_where_to_find_out_how_to_come_in(ai: McpStage, shown: str) -> None:
    headers = {"Authorization": shown} if shown else {}
    if shown == "Bearer person":
        headers = ai.headers
    answer = await ai.say("tools/list", {}, headers)
    assert await problem(answer) == (401, "unauthenticated")
    challenge = answer.headers["WWW-Authenticate"]
    _, _, url = challenge.partition('resource_metadata="')
    found = await ai.client.get("/" + url.rstrip('"').split("/", 3)[3])
    assert found.status == 200
    assert (await found.json())["bearer_methods_supported"] == ["header"]
    assert [row["problem"] for row in await ai.rows()] == ["unauthenticated"]


async def test_other_names_and_pages_are_refused(ai: McpStage) -> None:
    for header, value in (("Host", "evil.example.com"), ("Origin", "https://evil.example.com"), ("Origin", "null")):
        answer = await ai.say("tools/list", {}, {**ai.key, header: value})
        assert await problem(answer) == (403, "forbidden")
        assert (await ai.client.get("/.well-known/oauth-protected-resource", headers={header: value})).status == 403
    assert (await ai.say("tools/list", {}, {**ai.key, "Host": "localhost:1"})).status == 200


async def test_there_is_nothing_to_get_and_nothing_to_delete(ai: McpStage) -> None:
    for method in ("GET", "DELETE", "PUT"):
        answer = await ai.client.request(method, "/mcp", headers=ai.key)
        assert await problem(answer) == (405, "method_not_allowed")
        assert answer.headers["Allow"] == "POST"


async def test_a_token_whose_scope_is_too_small_is_told_so_by_http(ai: McpStage) -> None:
    line = await ai.line()
    await ai.sales()
    asked = {"conversation_id": str(line.id), "scopes": ["tools:read"]}
    session = await ai.client.post("/ai/v1/sessions", json=asked, headers=ai.key)
    headers = {"Authorization": f"Bearer {(await session.json())['token']}"}
    params = {"name": "cancel_transaction_draft", "arguments": {"draft_id": str(uuid4())}}
    answer = await ai.say("tools/call", params, headers)
    assert await problem(answer) == (403, "insufficient_scope")
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
