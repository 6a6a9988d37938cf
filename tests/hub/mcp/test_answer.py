"""Results on either wire."""

import orjson

from hub import __version__
from hub.ai.toolbox import TOOLS
from hub.mcp.answer import called, discovered, dressed, initialized, listed
from hub.mcp.version import Era

BODY = {"call_id": "7", "tool": "search_tickets", "status": "ok", "result": {"tickets": []}}


def test_tools_are_listed_in_one_order_for_the_caller_alone() -> None:
    tools = listed(list(reversed(TOOLS.values())), Era.STATELESS)
    assert [tool["name"] for tool in tools["tools"]] == sorted(TOOLS)
    assert (tools["cacheScope"], tools["ttlMs"] > 0) == ("private", True)
    assert listed([TOOLS["search_tickets"]], Era.HANDSHAKE).keys() == {"tools"}


def test_each_tool_says_what_it_does_to_the_world() -> None:
    hints = {"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}
    for tool in listed(list(TOOLS.values()), Era.STATELESS)["tools"]:
        assert hints <= tool["annotations"].keys()
        assert tool["inputSchema"]["type"] == tool["outputSchema"]["type"] == "object"


def test_an_answer_is_data_and_the_same_as_text() -> None:
    told = called(BODY, failed=False)
    assert (told["structuredContent"], told["isError"]) == (BODY, False)
    (text,) = told["content"]
    assert orjson.loads(text["text"]) == BODY


def test_a_problem_is_a_result_too() -> None:
    problem = {"type": "/problems/rate_limited", "code": "rate_limited"}
    told = called(problem, failed=True)
    assert (told["structuredContent"], told["isError"]) == (problem, True)


def test_stateless_results_say_whose_they_are() -> None:
    told = dressed({"tools": []}, Era.STATELESS)
    assert told["resultType"] == "complete"
    assert told["_meta"]["io.modelcontextprotocol/serverInfo"]["version"] == __version__
    assert dressed({"tools": []}, Era.HANDSHAKE) == {"tools": []}


def test_who_the_server_is() -> None:
    assert initialized("2025-06-18")["protocolVersion"] == "2025-06-18"
    found = discovered()
    assert found["supportedVersions"] == ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"]
    assert found["capabilities"] == initialized("2025-06-18")["capabilities"] == {"tools": {}}
