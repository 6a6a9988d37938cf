"""The audit group of the metrics: how far it is signed and verified, and what was redacted."""

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge


class AuditMetrics:
    """Follows the audit; the series exist from the start."""

    def __init__(self, registry: CollectorRegistry, kinds: Iterable[str]) -> None:
        self._signed = Gauge(
            "hub_audit_signed_seq", "The last row that this replica has signed; it never goes back.", registry=registry
        )
        self._seq = Gauge("hub_audit_verified_seq", "The last row of the last complete look.", registry=registry)
        self._verified = Gauge(
            "hub_audit_last_verified_timestamp_seconds",
            "When the audit was last looked at from end to end and found whole; 0: never.",
            registry=registry,
        )
        self._failures = Counter(
            "hub_audit_verify_failures_total", "Looks that found the audit broken.", registry=registry
        )
        self._redactions = Counter(
            "hub_ai_redactions_total", "What was hidden before it was written down.", ("kind",), registry=registry
        )
        for kind in sorted(set(kinds)):
            self._redactions.labels(kind)

    def signed(self, seq: int) -> None:
        """Rows up to this one are signed."""
        self._signed.set(seq)

    def verified(self, at: datetime, seq: int) -> None:
        """It was whole, from the first row to this one."""
        self._verified.set(at.timestamp())
        self._seq.set(seq)

    def broken(self) -> None:
        """It was not."""
        self._failures.inc()

    def redacted(self, kind: str) -> None:
        """Something of this kind was hidden."""
        self._redactions.labels(kind).inc()
