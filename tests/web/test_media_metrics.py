"""The figures of files."""

from prometheus_client import CollectorRegistry

from web.media_metrics import MediaMetrics


def test_what_is_counted() -> None:
    registry = CollectorRegistry()
    metrics = MediaMetrics(registry)
    metrics.fetched("wa", "stored")
    metrics.fetched("wa", "retried")
    metrics.waiting("wa", 3)
    metrics.uploaded("image", 10)
    metrics.uploaded("image", 5)
    value = registry.get_sample_value
    assert value("hub_media_fetches_total", {"channel": "wa", "outcome": "stored"}) == 1
    assert value("hub_media_waiting", {"channel": "wa"}) == 3
    assert value("hub_media_uploads_total", {"kind": "image"}) == 2
    assert value("hub_media_uploaded_bytes_total") == 15
