"""The AI group of the metrics."""

import pytest
from prometheus_client import CollectorRegistry

from hub.ai.call import ToolAnswer
from hub.errors import (
    ApprovalQueueFull,
    CircuitOpen,
    ConfirmationInvalid,
    HubError,
    InvalidAmount,
    InvalidJson,
    LimitReached,
    PayloadTooLarge,
    ToolDisabled,
)
from web.ai.metrics import AiMetrics, outcome
from web.problems import STATUS


def failed(error: HubError) -> ToolAnswer:
    return ToolAnswer(STATUS[error.code], {}, problem=error)


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (ToolAnswer(200, {"status": "ok"}), "ok"),
        (ToolAnswer(202, {"status": "pending_approval"}), "needs_approval"),
        (ToolAnswer(202, {"status": "commit_unknown"}), "error"),
        (failed(LimitReached()), "rate_limited"),
        (failed(ApprovalQueueFull()), "rate_limited"),
        (failed(ToolDisabled()), "denied"),
        (failed(ConfirmationInvalid()), "denied"),
        (failed(InvalidAmount()), "invalid"),
        (failed(InvalidJson()), "invalid"),
        (failed(PayloadTooLarge()), "invalid"),
        (failed(CircuitOpen()), "error"),
        (failed(HubError()), "error"),
    ],
)
def test_every_end_of_a_call_has_its_word(answer: ToolAnswer, word: str) -> None:
    assert outcome(answer) == word


def test_names_that_are_no_tools_are_one() -> None:
    registry = CollectorRegistry()
    metrics = AiMetrics(registry, ("search_tickets",))
    for name in ("search_tickets", "launch", "launch2"):
        metrics.called(name, ToolAnswer(200, {"status": "ok"}), 0.1)
    calls = {"outcome": "ok", "tool": "unknown"}
    assert registry.get_sample_value("hub_ai_tool_calls_total", calls) == 2
    assert registry.get_sample_value("hub_ai_tool_call_duration_seconds_count", {"tool": "search_tickets"}) == 1
