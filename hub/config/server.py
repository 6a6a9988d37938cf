"""The sections that say where the process listens, stores and signs."""

from attrs import frozen

from hub.config import credentials, kinds
from hub.config.secret import Secret
from hub.config.setting import duration, flag, number, secret, secret_ring, setting, size, text, url


@frozen(kw_only=True)
class Server:
    """Where the hub listens and how the outside reaches it."""

    host: str = text("127.0.0.1", "Address to listen on; 0.0.0.0 for all.", may_be_empty=False)
    port: int = number(8080, "Port to listen on; 0 takes any free one.", low=0, high=65535)
    public_url: str = url(
        "",
        "The address people and channels use, behind the proxy. Empty: http://host:port.",
        example="https://hub.example.com",
    )
    metrics_token: Secret = secret(
        "When set, /metrics wants it as a Bearer token.", "env:METRICS_TOKEN", shortest=16, default=""
    )
    trusted_proxies: tuple[str, ...] = setting(
        kinds.Networks(), "Networks of the proxies whose X-Forwarded-For is believed.", []
    )


@frozen(kw_only=True)
class Database:
    """PostgreSQL. Everything that must not be lost is there, and only there."""

    url: Secret = setting(
        credentials.SecretUrl(("postgresql", "postgres"), ("embedded",)),
        '"embedded" runs a PostgreSQL of the hub\'s own in the data directory; otherwise the address of yours.',
        "embedded",
    )
    read_url: Secret = setting(
        credentials.SecretUrl(("postgresql", "postgres")),
        "A read replica for reports. Empty: the same server. Checked at start, not applied yet.",
        "",
    )
    allow_embedded: bool = flag(False, 'Whether env = "production" may run on the embedded PostgreSQL.')
    pool_size: int = number(10, "Connections of one replica; above it, callers wait.", low=2, high=200)
    report_pool_size: int = number(2, "Connections for reports and exports; not applied yet.", low=1, high=50)
    acquire: float = duration("3s", "Longest wait for a free connection; then 503.", high="1m")
    command: float = duration(
        "4s", "Longest wait for an answer; the caller of a dead link waits twice this.", high="5m"
    )
    statement_timeout: float = duration("5s", "The server gives up a statement after this.", high="10m")
    report_statement_timeout: float = duration("60s", "The same for reports; not applied yet.", high="1h")
    lock_timeout: float = duration("3s", "The server gives up waiting for a lock after this.", high="10m")
    idle_in_transaction: float = duration("5s", "The server ends a transaction that nobody continues.", high="10m")
    client_check: float = duration("2s", "How often the server looks whether its client is alive.", high="1m")
    retry_first: float = duration("200ms", "First pause after a failed connection; it doubles.", high="1m")
    retry_most: float = duration("5s", "Longest pause between attempts to connect.", high="10m")

    @property
    def embedded(self) -> bool:
        """Whether the hub runs its own PostgreSQL."""
        return self.url.reveal() == "embedded"


@frozen(kw_only=True)
class Redis:
    """Hints between replicas; nothing is stored there. With one replica leave it empty. Checked, not applied yet."""

    url: Secret = setting(
        credentials.SecretUrl(("redis", "rediss")), "Empty: one replica. Set: pub/sub between replicas.", ""
    )
    timeout: float = duration("2s", "Longest wait for Redis; the hub goes on without it.", high="1m")


@frozen(kw_only=True)
class Media:
    """Attachments, kept as files."""

    dir: str = text("media", "Where they lie; relative to the data directory.", may_be_empty=False)
    max_bytes: int = size(26214400, "Largest upload; above it 413.", high="2GiB")
    pixels: int = number(40_000_000, "Largest picture that gets a thumbnail, in pixels.", low=1, high=500_000_000)
    tries: int = number(12, "Tries to fetch a customer's file; then it is shown as lost.", low=1, high=100)
    retry_first: float = duration("1s", "First pause between them; it doubles.", high="1h")
    retry_most: float = duration("1h", "Longest pause between them.", high="1d")


@frozen(kw_only=True)
class Auth:
    """Signing in."""

    secret: tuple[Secret, ...] = secret_ring(
        "Signs access tokens. Development makes one up and keeps it in the data directory.",
        "env:HUB_AUTH_SECRET",
        generated=True,
    )
    access_ttl: float = duration("15m", "Life of an access token.", low="1s", high="1d")
    refresh_ttl: float = duration(
        "30d", "Longest life of a sign-in, however often it is refreshed.", low="1s", high="365d"
    )
    refresh_idle: float = duration("7d", "A sign-in not refreshed for this long ends.", low="1s", high="365d")
    ticket_ttl: float = duration("30s", "Life of the one-time ticket that opens a socket.", low="1s", high="10m")
    login_attempts: int = number(10, "Wrong passwords per account and address before 429.", low=1, high=1000)
    login_window: float = duration("15m", "The time in which they are counted.", low="1s", high="1d")
    password_min: int = number(8, "Shortest password.", low=8, high=128)
    hashing: int = number(2, "Password hashes computed at once (19 MiB each); others wait.", low=1, high=16)


@frozen(kw_only=True)
class Audit:
    """The record of what was done outside in a customer's name."""

    dir: str = text(
        "audit",
        "Where its keys lie, the one that signs it and the one that makes pseudonyms; relative to the data directory. "
        "Missing ones are made; all replicas need the same, or each other's public one.",
        may_be_empty=False,
    )
    trusted_keys: tuple[str, ...] = setting(
        kinds.Texts(kinds.Text(pattern=r"[A-Za-z0-9_-]{43}", pattern_name="a key as `hub audit key` prints it")),
        "Public keys of other replicas, and of before, whose signatures are good too.",
        [],
    )
    sign_rows: int = number(100, "Rows after which it is signed.", low=1, high=100_000)
    sign_every: float = duration("60s", "The longest that a row stays unsigned.", low="1s", high="1d")
    verify_every: float = duration("60s", "How often a stretch of it is verified.", low="1s", high="1d")
    verify_rows: int = number(20_000, "Rows of a stretch.", low=100, high=1_000_000)
