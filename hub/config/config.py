"""The whole configuration as one frozen object."""

from collections.abc import Mapping

from attrs import frozen

from hub.config.channels import CHANNELS, Channel
from hub.config.desk import BusinessHours, Notify, Presence, Retention, Routing, Sla
from hub.config.engine import Events, Journal, Outbox, Outgoing, Webhooks
from hub.config.integrations import Ai, Circuits, Integrations
from hub.config.limits import Actors, Drain, Health, Limits, Log, Timeouts
from hub.config.server import Audit, Auth, Database, Media, Redis, Server
from hub.config.setting import named, one, text


@frozen(kw_only=True)
class Config:
    """Every setting of the hub. `hub.config.load` makes one; nothing else reads files or the environment.

    Durations are seconds (float), sizes bytes (int), amounts Decimal, secrets `Secret` or a tuple of them of which the
    first signs and all verify.
    """

    env: str = text(
        "development",
        '"production" refuses generated, short or well-known secrets and open doors.',
        choices=("development", "production"),
    )
    server: Server = one(Server)
    database: Database = one(Database)
    redis: Redis = one(Redis)
    media: Media = one(Media)
    auth: Auth = one(Auth)
    channels: Mapping[str, Channel] = named(CHANNELS, "The channels customers write on.")
    integrations: Integrations = one(Integrations)
    circuits: Circuits = one(Circuits)
    ai: Ai = one(Ai)
    audit: Audit = one(Audit)
    notify: Notify = one(Notify)
    presence: Presence = one(Presence)
    routing: Routing = one(Routing)
    sla: Sla = one(Sla)
    business_hours: BusinessHours = one(BusinessHours)
    retention: Retention = one(Retention)
    log: Log = one(Log)
    limits: Limits = one(Limits)
    timeouts: Timeouts = one(Timeouts)
    actors: Actors = one(Actors)
    journal: Journal = one(Journal)
    events: Events = one(Events)
    outbox: Outbox = one(Outbox)
    webhooks: Webhooks = one(Webhooks)
    outgoing: Outgoing = one(Outgoing)
    drain: Drain = one(Drain)
    health: Health = one(Health)

    @property
    def production(self) -> bool:
        """Whether the strict rules hold."""
        return self.env == "production"
