"""The figures of sending."""

from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from hub.conversation.commands import Outcome
from hub.outbox import Sent
from web.outbound_metrics import OUTCOMES, Outbound


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def outbound(registry: CollectorRegistry) -> Outbound:
    return Outbound(registry, ("wa", "app"))


def counts(registry: CollectorRegistry) -> dict[str, float]:
    """How often each outcome was counted for the channel."""
    found = {
        outcome: registry.get_sample_value("hub_outbound_messages_total", {"channel": "wa", "outcome": outcome})
        for outcome in OUTCOMES
    }
    found["retried"] = registry.get_sample_value("hub_outbound_retries_total", {"channel": "wa"})
    return {outcome: count for outcome, count in found.items() if count is not None}


def test_a_channels_series_are_there_before_anything_happens(registry: CollectorRegistry, outbound: Outbound) -> None:
    assert counts(registry) == {"sent": 0, "failed": 0, "unknown": 0, "window_closed": 0, "retried": 0}
    assert registry.get_sample_value("hub_outbound_pending_messages", {"channel": "app"}) == 0


@pytest.mark.parametrize(
    ("sent", "counted"),
    [
        (Sent(Outcome.ACCEPTED, provider_id="wamid.1"), "sent"),
        (Sent(Outcome.REFUSED, code="131026"), "failed"),
        (Sent(Outcome.REFUSED, code="131047", closes_window=True), "window_closed"),
        (Sent(Outcome.UNKNOWN), "unknown"),
        (Sent(Outcome.LATER, retry_in=1.0), "retried"),
    ],
)
def test_every_end_is_counted_once(registry: CollectorRegistry, outbound: Outbound, sent: Sent, counted: str) -> None:
    outbound.tried("wa", sent, 0.2)
    assert {outcome for outcome, count in counts(registry).items() if count} == {counted}
    assert registry.get_sample_value("hub_outbound_attempt_duration_seconds_sum", {"channel": "wa"}) == 0.2


def test_a_channel_is_down_until_something_gets_through(registry: CollectorRegistry, outbound: Outbound) -> None:
    def down() -> float | None:
        return registry.get_sample_value("hub_outbound_channel_down", {"channel": "wa"})

    assert down() == 0
    outbound.tried("wa", Sent(Outcome.LATER, retry_in=1.0, channel_down=True), 0.1)
    assert down() == 1
    outbound.tried("wa", Sent(Outcome.ACCEPTED), 0.1)
    assert down() == 0


def test_what_waits_is_what_was_last_seen(registry: CollectorRegistry, outbound: Outbound) -> None:
    since = datetime(2026, 1, 5, 12, tzinfo=UTC)

    def waiting() -> tuple[float | None, float | None]:
        labels = {"channel": "wa"}
        oldest = registry.get_sample_value("hub_outbound_oldest_pending_timestamp_seconds", labels)
        return registry.get_sample_value("hub_outbound_pending_messages", labels), oldest

    outbound.depth([("wa", 3, since), ("gone", 8, since)])
    assert waiting() == (3, since.timestamp())
    outbound.depth([])
    assert waiting() == (0, 0)
