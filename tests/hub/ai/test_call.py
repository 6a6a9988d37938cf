"""Answers of calls."""

from hub.ai.call import ToolAnswer
from hub.errors import CircuitOpen


def test_an_answer_tells_how_the_call_stands() -> None:
    assert ToolAnswer(202, {"status": "pending_approval"}).status == "pending_approval"
    assert ToolAnswer(503, {"status": 503}, problem=CircuitOpen()).status == "problem"
