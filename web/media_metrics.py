"""The media group of the metrics."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class MediaMetrics:
    """How fetching customers' files goes, per channel, and what people upload."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._fetches = Counter(
            "hub_media_fetches_total",
            "Tries of fetching a customer's file: stored, retried, held, failed.",
            ("channel", "outcome"),
            registry=registry,
        )
        self._waiting = Gauge("hub_media_waiting", "Customers' files not here yet.", ("channel",), registry=registry)
        self._uploads = Counter("hub_media_uploads_total", "Files taken in from people.", ("kind",), registry=registry)
        self._bytes = Counter("hub_media_uploaded_bytes_total", "Bytes of them.", registry=registry)

    def fetched(self, channel: str, outcome: str) -> None:
        """A try ended: stored, retried, held or failed."""
        self._fetches.labels(channel, outcome).inc()

    def waiting(self, channel: str, count: int) -> None:
        """So many files of a channel are not here yet."""
        self._waiting.labels(channel).set(count)

    def uploaded(self, kind: str, size: int) -> None:
        """Somebody put in a file of so many bytes."""
        self._uploads.labels(kind).inc()
        self._bytes.inc(size)
