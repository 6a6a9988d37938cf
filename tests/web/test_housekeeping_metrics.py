"""What was forgotten, in figures."""

import time

from prometheus_client import CollectorRegistry

from web.housekeeping_metrics import HousekeepingMetrics


def test_rows_add_up_and_the_last_time_shows() -> None:
    registry = CollectorRegistry()
    metrics = HousekeepingMetrics(registry)
    for rows in (3, 0, 4):
        metrics.done("transactions", rows)
    assert registry.get_sample_value("hub_forgotten_rows_total", {"chore": "transactions"}) == 7
    done = registry.get_sample_value("hub_chore_done_timestamp_seconds", {"chore": "transactions"})
    assert done is not None
    assert abs(done - time.time()) < 60
