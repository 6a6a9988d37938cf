"""Bounds and times of the process: every queue, wait and retry has its number here, with what happens at it."""

from attrs import frozen

from hub.config.setting import duration, number, size, text


@frozen(kw_only=True)
class Limits:
    """How much is taken in. What is above a limit is refused, cut or dropped as said; nothing grows without one."""

    connections: int = number(4000, "Open connections; one more is aborted at once.", low=16, high=100_000)
    sockets_per_user: int = number(8, "Sockets of one user; the oldest is closed.", low=1, high=1000)
    header_bytes: int = size("8KiB", "Longest request line or header; above it 400.", low="1KiB", high="64KiB")
    webhooks_in_hand: int = number(
        256,
        "Deliveries of channels being stored at once; above it 503, and the channel comes again.",
        low=8,
        high=65_536,
    )
    webhook_body: int = size("4MiB", "Largest webhook; above it 413.", low="1KiB", high="64MiB")
    api_body: int = size("256KiB", "Largest JSON request; above it 413.", low="1KiB", high="16MiB")
    session_events: int = number(
        512, "Events waiting for a slow reader; then it is cut and resumes.", low=16, high=65_536
    )
    session_bytes: int = size("256KiB", "The same in bytes.", low="4KiB", high="16MiB")
    mailbox: int = number(200, "Mail waiting for one conversation, customer or room; then 429.", low=1, high=100_000)
    ai_mailbox: int = number(20, "Tool calls waiting for one conversation; then 429.", low=1, high=10_000)
    exports: int = number(4, "Exports downloaded at once; above it 503.", low=1, high=100)
    resident_conversations: int = number(20_000, "Kept in memory; the least used goes first.", low=10, high=10_000_000)


@frozen(kw_only=True)
class Timeouts:
    """How long the hub waits for its callers."""

    keepalive: float = duration(
        "75s", "An idle connection, and one that has not sent its headers, is closed.", high="1h"
    )
    body: float = duration("10s", "A request body that has not arrived is given up.", high="10m")
    heartbeat: float = duration("25s", "Ping on sockets and event streams.", high="10m")
    ws_send: float = duration("10s", "A write that does not finish: the connection is aborted.", high="10m")


@frozen(kw_only=True)
class Actors:
    """How long actors stay in memory, and what happens to one that fails."""

    customer_idle: float = duration("1m", "A customer without mail leaves memory.", high="1d")
    conversation_idle: float = duration("2m", "A conversation.", high="1d")
    team_idle: float = duration("10m", "A team's queue.", high="1d")
    room_idle: float = duration("5m", "An internal chat room.", high="1d")
    ai_idle: float = duration("15m", "An AI session.", high="1d")
    quantum: int = number(64, "Mail handled before others get their turn.", low=1, high=10_000)
    failures: int = number(3, "Failures within the next setting that block an actor's key.", low=1, high=1000)
    failures_within: float = duration("5s", "The time in which they are counted.", high="1h")
    block_first: float = duration("1s", "First blocking of a failing key; it doubles.", high="1h")
    block_most: float = duration("1m", "Longest blocking.", high="1d")


@frozen(kw_only=True)
class Drain:
    """Stopping on SIGTERM, phase by phase; a second signal stops at once."""

    delay: float = duration("0", "Served on after readiness went off; 5s behind a balancer.", low="0", high="5m")
    requests: float = duration(
        "10s", "Longest wait for requests in flight, and for sends under way.", low="0", high="10m"
    )
    spread: float = duration("3s", "Sockets are told to come back after a random part of this.", low="0", high="5m")
    mailboxes: float = duration("5s", "Longest wait for mail in hand.", low="0", high="10m")
    pool: float = duration("3s", "Longest wait for the database connections to close.", low="0", high="10m")
    total: float = duration("20s", "After this the process ends with exit code 1.", low="1s", high="30m")


@frozen(kw_only=True)
class Log:
    """What is written to standard error. Never phone numbers, names, texts or secrets."""

    level: str = text("info", "Least importance that is written.", choices=("debug", "info", "warning", "error"))
    format: str = text("auto", "auto: text on a terminal, JSON lines otherwise.", choices=("auto", "json", "text"))


@frozen(kw_only=True)
class Health:
    """When /healthz and /readyz turn."""

    ping: float = duration("1s", "How often PostgreSQL and Redis are asked.", high="1m")
    fresh: float = duration("2s", "Not ready when PostgreSQL's last answer is older.", high="10m")
    loop_lag: float = duration("5s", "Not healthy when the event loop is this late.", high="10m")
