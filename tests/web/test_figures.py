"""All groups of figures stand on one registry, with the series of each channel from the start."""

import pytest
from prometheus_client.exposition import generate_latest

from web.figures import Figures


@pytest.mark.parametrize(
    "line",
    [
        'hub_build_info{python="',
        'hub_ingress_webhooks_total{channel="main",outcome="accepted"} 0.0',
        'hub_outbound_pending_messages{channel="main"} 0.0',
        'hub_db_pool_connections{state="idle"} 2.0',
        'hub_db_pool_connections{state="used"} 1.0',
        "hub_event_loop_lag_seconds",
        "hub_http_requests_in_progress",
        "hub_realtime_connections",
        "hub_media_uploaded_bytes_total",
        "hub_audit_last_verified_timestamp_seconds 0.0",
    ],
)
def test_every_group_is_shown(line: str) -> None:
    shown = generate_latest(Figures.of("1.2.3", ("main",), lambda: (3, 2)).registry).decode()
    assert line in shown
