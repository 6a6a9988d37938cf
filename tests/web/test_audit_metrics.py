"""The audit group of the metrics."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from hub.redaction import KINDS, Redactor
from web.audit_metrics import AuditMetrics


def test_everything_is_shown_from_the_start_and_counted() -> None:
    registry = CollectorRegistry()
    audit = AuditMetrics(registry, KINDS)
    before = generate_latest(registry).decode()
    for line in (
        "hub_audit_last_verified_timestamp_seconds 0.0",
        "hub_audit_verify_failures_total 0.0",
        'hub_ai_redactions_total{kind="card"} 0.0',
        'hub_ai_redactions_total{kind="secret"} 0.0',
    ):
        assert line in before
    audit.signed(7)
    audit.verified(datetime(1970, 1, 2, tzinfo=UTC), 9)
    audit.broken()
    Redactor(counted=audit.redacted).fields({"name": "Ana", "x": "4111111111111111"})
    after = generate_latest(registry).decode()
    for line in (
        "hub_audit_signed_seq 7.0",
        "hub_audit_verified_seq 9.0",
        "hub_audit_last_verified_timestamp_seconds 86400.0",
        "hub_audit_verify_failures_total 1.0",
        'hub_ai_redactions_total{kind="card"} 1.0',
        'hub_ai_redactions_total{kind="name"} 1.0',
    ):
        assert line in after
