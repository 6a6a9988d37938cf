"""The six tools."""

import jsonschema_rs
import pytest

from hub.ai.session import AiScope
from hub.ai.tool import Format, Tool
from hub.ai.toolbox import TOOLS


def test_the_tools_are_these_in_the_order_of_their_names() -> None:
    assert list(TOOLS) == [
        "cancel_transaction_draft",
        "commit_transaction",
        "create_transaction_draft",
        "get_transaction_draft",
        "get_transaction_status",
        "search_tickets",
    ]
    assert all(tool.name == name for name, tool in TOOLS.items())


@pytest.mark.parametrize("tool", TOOLS.values(), ids=list(TOOLS))
def test_every_schema_is_one_and_closed(tool: Tool) -> None:
    for schema in (tool.arguments, tool.answer, tool.definition(Format.OPENAI)["function"]["parameters"]):
        jsonschema_rs.meta.validate(schema)
        assert schema["additionalProperties"] is False
    assert tool.texts <= set(tool.arguments["properties"])
    assert {pointer.removeprefix("/") for pointer in tool.faults} <= set(tool.arguments["properties"])


def test_what_moves_money_is_for_sales_and_for_those_who_may_write() -> None:
    assert {tool.name for tool in TOOLS.values() if not tool.sales_only} == {"search_tickets"}
    assert {tool.name for tool in TOOLS.values() if tool.scope is AiScope.WRITE} == {
        "cancel_transaction_draft",
        "commit_transaction",
        "create_transaction_draft",
    }
    assert [tool.name for tool in TOOLS.values() if tool.destructive] == ["commit_transaction"]


def test_an_answer_that_may_hold_a_token_is_not_kept() -> None:
    assert [tool.name for tool in TOOLS.values() if not tool.keeps_answers] == ["get_transaction_draft"]
