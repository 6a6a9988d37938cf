"""The figures of drafts of transactions and of the approvals that they wait for."""

from collections.abc import Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge

from hub.transaction.approval import ApprovalState
from hub.transaction.state import OPEN, DraftState
from hub.transaction.store import Depth, Turned

OVER = tuple(state for state in ApprovalState if state is not ApprovalState.PENDING)


class TransactionMetrics:
    """Counts and gauges; every series exists from the start. The gauges are of the table, the same on every replica:
    to be read as a maximum, not summed."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._entered = Counter(
            "hub_transaction_drafts_total", "Drafts that came into a state.", ("state",), registry=registry
        )
        self._open = Gauge("hub_transaction_drafts_open", "Drafts under way.", ("state",), registry=registry)
        self._pending = Gauge("hub_ai_approvals_pending", "Requests for approval that wait.", registry=registry)
        self._oldest = Gauge(
            "hub_ai_approvals_oldest_pending_timestamp_seconds",
            "When the oldest of them was made; 0 without any.",
            registry=registry,
        )
        self._decided = Counter(
            "hub_ai_approvals_total", "Requests for approval that are over.", ("decision",), registry=registry
        )
        for state in DraftState:
            self._entered.labels(state.value)
        for state in OPEN | {DraftState.MANUAL_REVIEW}:
            self._open.labels(state.value)
        for decision in OVER:
            self._decided.labels(decision.value)

    def turned(self, turned: Turned) -> None:
        """A turn was written."""
        before, move = turned.sight.draft, turned.move
        if move.draft.state is not before.state:
            self._entered.labels(move.draft.state.value).inc()
        if move.approval is not None and move.approval.state in OVER:
            self._decided.labels(move.approval.state.value).inc()

    def depth(self, depth: Depth) -> None:
        """What the table holds."""
        self._set_open(depth.open)
        self._pending.set(depth.pending)
        self._oldest.set(_timestamp(depth.oldest))

    def _set_open(self, counts: Mapping[str, int]) -> None:
        for state in OPEN | {DraftState.MANUAL_REVIEW}:
            self._open.labels(state.value).set(counts.get(state.value, 0))


def _timestamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
