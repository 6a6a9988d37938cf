"""The AI group of the metrics: calls of tools by how they ended, and who was not let in."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter

from hub.ai.call import ToolAnswer
from web.latencies import Latencies

OUTCOMES = ("ok", "denied", "rate_limited", "invalid", "needs_approval", "error")

_WORDS = {
    "pending_approval": "needs_approval",
    "commit_unknown": "error",
    "rate_limited": "rate_limited",
    "overloaded": "rate_limited",
    "approval_queue_full": "rate_limited",
}

_BY_STATUS = {400: "invalid", 413: "invalid", 415: "invalid", 422: "invalid"}

UNKNOWN = "unknown"
"""Stands for every name that is no tool's."""


def outcome(answer: ToolAnswer) -> str:
    """The word for how a call ended."""
    code = answer.status if answer.problem is None else answer.problem.code
    if code in OUTCOMES:
        return code
    if answer.problem is None or code in _WORDS:
        return _WORDS.get(code, "ok")
    return _BY_STATUS.get(answer.http_status, "error" if answer.http_status >= 500 else "denied")


class AiMetrics:
    """Counts calls; the series of each tool exist from the start."""

    def __init__(self, registry: CollectorRegistry, tools: Iterable[str]) -> None:
        self._tools = frozenset(tools)
        self._calls = Counter(
            "hub_ai_tool_calls_total", "Calls of tools by how they ended.", ("tool", "outcome"), registry=registry
        )
        self._duration = Latencies(
            "hub_ai_tool_call_duration_seconds", "A call of a tool as a whole.", ("tool",), registry
        )
        for tool in (*sorted(self._tools), UNKNOWN):
            self._duration.of(tool)
            for word in OUTCOMES:
                self._calls.labels(tool, word)
        self._refused = Counter(
            "hub_ai_unauthenticated_total", "Requests at the AI agent's doors that were not let in.", registry=registry
        )
        self._discarded = Counter(
            "hub_ai_discarded_total", "Results that came after a person had taken the conversation.", registry=registry
        )

    def called(self, tool: str, answer: ToolAnswer, seconds: float) -> None:
        """A call was answered."""
        name = tool if tool in self._tools else UNKNOWN
        self._calls.labels(name, outcome(answer)).inc()
        self._duration.of(name).observe(seconds)

    def refused(self) -> None:
        """Somebody was not let in."""
        self._refused.inc()

    def discarded(self) -> None:
        """A result was not handed out."""
        self._discarded.inc()
