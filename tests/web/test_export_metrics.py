"""The export group of the metrics."""

from prometheus_client import CollectorRegistry

from web.export_metrics import ExportMetrics


def test_downloads_and_rows_are_counted() -> None:
    registry = CollectorRegistry()
    figures = ExportMetrics(registry)
    with figures.running():
        assert registry.get_sample_value("hub_exports_running") == 1
    figures.wrote("messages", 500)
    figures.ended("whole")
    assert registry.get_sample_value("hub_exports_running") == 0
    assert registry.get_sample_value("hub_exported_rows_total", {"kind": "messages"}) == 500
    assert registry.get_sample_value("hub_exported_rows_total", {"kind": "conversations"}) == 0
    counts = [registry.get_sample_value("hub_exports_total", {"outcome": name}) for name in ("whole", "cut", "refused")]
    assert counts == [1, 0, 0]
