"""All groups of figures of a replica, on one registry."""

from collections.abc import Callable

from attrs import frozen
from prometheus_client import CollectorRegistry

from hub.ai.toolbox import TOOLS
from hub.redaction import KINDS
from web import metrics
from web.actor_metrics import ActorMetrics
from web.ai.metrics import AiMetrics
from web.audit_metrics import AuditMetrics
from web.database_metrics import DatabaseMetrics
from web.export_metrics import ExportMetrics
from web.housekeeping_metrics import HousekeepingMetrics
from web.ingress_metrics import Ingress
from web.integration_metrics import IntegrationMetrics
from web.media_metrics import MediaMetrics
from web.outbound_metrics import Outbound
from web.realtime_metrics import RealtimeMetrics
from web.supervision_metrics import SupervisionMetrics
from web.transaction_metrics import TransactionMetrics
from web.webhook_metrics import WebhookMetrics


@frozen
class Figures:
    """One of each group; `/metrics` shows the registry."""

    registry: CollectorRegistry
    requests: metrics.Requests
    actors: ActorMetrics
    realtime: RealtimeMetrics
    ingress: Ingress
    outbound: Outbound
    media: MediaMetrics
    webhooks: WebhookMetrics
    integrations: IntegrationMetrics
    supervision: SupervisionMetrics
    audit: AuditMetrics
    ai: AiMetrics
    transactions: TransactionMetrics
    housekeeping: HousekeepingMetrics
    exports: ExportMetrics

    @classmethod
    def of(
        cls,
        version: str,
        channels: tuple[str, ...],
        pool: Callable[[], tuple[int, int]],
        circuits: tuple[str, ...] = (),
    ) -> "Figures":
        """The figures of a replica with these channels and circuits; `pool` tells the database's connections and the
        idle ones."""
        registry = metrics.registry(version)
        DatabaseMetrics(registry, pool)
        return cls(
            registry=registry,
            requests=metrics.Requests(registry),
            actors=ActorMetrics(registry),
            realtime=RealtimeMetrics(registry),
            ingress=Ingress(registry, channels),
            outbound=Outbound(registry, channels),
            media=MediaMetrics(registry),
            webhooks=WebhookMetrics(registry),
            integrations=IntegrationMetrics(registry, circuits),
            supervision=SupervisionMetrics(registry),
            audit=AuditMetrics(registry, KINDS),
            ai=AiMetrics(registry, TOOLS),
            transactions=TransactionMetrics(registry),
            housekeeping=HousekeepingMetrics(registry),
            exports=ExportMetrics(registry),
        )
