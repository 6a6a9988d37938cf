"""The sections of what happens between a decision and the outside: journal, event tail, outbox, calls."""

from attrs import frozen

from hub.config import kinds
from hub.config.setting import duration, number, setting, size


@frozen(kw_only=True)
class Journal:
    """The writer: changes of many conversations go into one commit."""

    queue: int = number(5000, "Changes waiting to be written; then 503.", low=10, high=1_000_000)
    batch_items: int = number(200, "Changes in one commit.", low=1, high=10_000)
    conflict_retries: int = number(5, "Decisions on ever newer versions; then 409.", low=1, high=20)
    resubmit: float = duration(
        "100ms", "Pause before changes are sent again after a lost connection; after the third time 503.", high="1m"
    )


@frozen(kw_only=True)
class Events:
    """The event tail: what was committed anywhere reaches every session."""

    poll: float = duration("1s", "Looks at PostgreSQL when no hint came.", low="10ms", high="1m")
    ring: int = number(10_000, "Events kept in memory for those who reconnect.", low=100, high=1_000_000)
    replay: int = number(20_000, "A session further behind is told to reload.", low=100, high=10_000_000)
    queue_update: float = duration("250ms", "Changes of a queue's count are gathered this long.", low="0", high="1m")


@frozen(kw_only=True)
class Outbox:
    """Sending: what was decided is sent once, in order per conversation, again only when that is safe."""

    lease: float = duration(
        "30s", "A claimed row is this replica's; sends start in the first half.", low="100ms", high="1h"
    )
    claim_every: float = duration("5s", "Looks for retries and lapsed leases.", low="50ms", high="10m")
    claim_batch: int = number(200, "Rows claimed at a time.", low=1, high=10_000)
    in_flight: int = number(32, "Sends at once per channel.", low=1, high=1000)
    per_second: int = number(
        80, "Sends per second of a WhatsApp number (Meta's default throughput).", low=1, high=10_000
    )
    attempts: int = number(5, "Attempts of a send that the provider refused for now; then failed.", low=1, high=20)
    backoff_base: float = duration("1s", "First pause; with jitter.", low="1ms", high="1h")
    backoff_factor: int = number(4, "What each further pause is multiplied by.", low=1, high=10)
    backoff_cap: float = duration("256s", "Longest pause.", low="1ms", high="1d")
    status_keep: float = duration(
        "24h", "What comes for a message that is not known yet is kept this long.", low="1m", high="30d"
    )


@frozen(kw_only=True)
class Webhooks:
    """Webhooks out: endpoints of others that are told of events. By default a delivery is tried for three days."""

    private_networks: tuple[str, ...] = setting(
        kinds.Networks(), "Networks, beside the public internet, that endpoints may be in, on any port.", []
    )
    timeout: float = duration("15s", "A try as a whole; at most half of the lease.", high="5m")
    in_flight: int = number(8, "Tries at once per endpoint; one at a time per conversation.", low=1, high=100)
    tries: int = number(20, "Tries of a delivery; then it is dead until somebody has it replayed.", low=1, high=100)
    retry_first: float = duration("10s", "Bound of the first pause, drawn at random below it; it triples.", high="1h")
    retry_most: float = duration("12h", "Longest bound.", high="7d")
    rest_most: float = duration(
        "60s", "Longest pause between single tries of an endpoint that fails again and again.", high="1h"
    )
    disable_after: float = duration(
        "5d", "An endpoint that has failed for this long without a success is disabled.", high="365d"
    )
    backlog: int = number(
        10_000, "Deliveries of an endpoint that wait; above it events wait in the log.", low=10, high=1_000_000
    )
    look: float = duration("1s", "Looks for what is due, and for endpoints that nobody delivers to.", high="1m")
    lease: float = duration("45s", "An endpoint is one replica's for this long without a word.", low="200ms", high="1h")
    keep_delivered: float = duration("7d", "Deliveries that succeeded are kept this long.", low="1m", high="365d")
    keep_dead: float = duration("30d", "Deliveries that were given up.", low="1m", high="365d")


@frozen(kw_only=True)
class Outgoing:
    """Calls to the outside: no redirects, no proxies from the environment, every answer bounded."""

    connect: float = duration("3s", "To connect.", high="1m")
    read: float = duration("8s", "Between two parts of the answer.", high="10m")
    total: float = duration("10s", "A call to a channel as a whole.", high="10m")
    media_total: float = duration("2m", "Fetching or uploading an attachment.", high="1h")
    response_bytes: int = size("1MiB", "Largest answer; above it the call has failed.", low="1KiB", high="64MiB")
    media_bytes: int = size("100MiB", "Largest attachment fetched from a channel.", low="1KiB", high="2GiB")
    per_host: int = number(20, "Connections to one host.", low=1, high=1000)
