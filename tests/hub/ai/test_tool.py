"""A tool's definition in the words of each kind of model."""

from hub.ai.schema import DIALECT
from hub.ai.tool import CallStatus, Format
from hub.ai.toolbox import COMMIT_TRANSACTION, CREATE_TRANSACTION_DRAFT, GET_TRANSACTION_STATUS


def test_a_definition_for_mcp_has_schemas_and_hints() -> None:
    shown = COMMIT_TRANSACTION.definition()
    assert shown["inputSchema"] == {"$schema": DIALECT, **COMMIT_TRANSACTION.arguments}
    assert shown["outputSchema"]["properties"]["result"] == COMMIT_TRANSACTION.result
    assert shown["outputSchema"]["properties"]["status"]["enum"] == list(CallStatus)
    assert shown["annotations"] == {
        "title": "Commit a transaction",
        "readOnlyHint": False,
        "destructiveHint": True,
        "idempotentHint": True,
        "openWorldHint": True,
    }
    assert GET_TRANSACTION_STATUS.definition()["annotations"]["readOnlyHint"] is True


def test_a_definition_for_openai_is_strict() -> None:
    shown = CREATE_TRANSACTION_DRAFT.definition(Format.OPENAI)
    assert (shown["type"], shown["function"]["strict"]) == ("function", True)
    parameters = shown["function"]["parameters"]
    assert parameters["required"] == list(parameters["properties"])
    assert parameters["additionalProperties"] is False


def test_a_definition_for_anthropic_has_an_input_schema() -> None:
    shown = CREATE_TRANSACTION_DRAFT.definition(Format.ANTHROPIC)
    assert set(shown) == {"name", "description", "input_schema"}
    assert "currency" not in shown["input_schema"]["required"]
