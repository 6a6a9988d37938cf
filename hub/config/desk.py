"""The sections about people and their work: notifications, presence, routing, deadlines, hours, keeping."""

from attrs import frozen

from hub.config import credentials, kinds
from hub.config.secret import Secret
from hub.config.setting import duration, listed, number, one, required_text, setting, text

_HOURS = {
    "pattern": r"closed|([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)",
    "pattern_name": '"closed" or hours such as "09:00-17:30"',
    "may_be_empty": False,
}
_ALL_DAY = "00:00-24:00"


@frozen(kw_only=True)
class EmailNotice:
    """Notices by mail."""

    smtp_url: Secret = setting(
        credentials.SecretUrl(("smtp", "smtps")), "smtp://user:password@host:587, or smtps://…:465. Empty: no mail.", ""
    )
    from_: str = text(
        "", "The sender's address. Empty: hub@localhost.", pattern=r"[^@\s]+@[^@\s]+", pattern_name="an e-mail address"
    )


@frozen(kw_only=True)
class SlackNotice:
    """Notices to a Slack channel."""

    webhook_url: Secret = setting(credentials.SecretUrl(("https", "http")), "An incoming webhook. Empty: none.", "")


@frozen(kw_only=True)
class Notify:
    """Where supervisors hear of what needs them."""

    email: EmailNotice = one(EmailNotice)
    slack: SlackNotice = one(SlackNotice)


@frozen(kw_only=True)
class Presence:
    """Who is there, who types."""

    leave_after: float = duration("10s", "Grace after the last socket closed, for a reload.", low="0", high="10m")
    typing_ttl: float = duration("6s", "A typing sign fades after this.", low="100ms", high="1m")
    typing_per_second: int = number(
        5, "Frames from one socket, twice as many at once; more are dropped.", low=1, high=1000
    )


@frozen(kw_only=True)
class Rule:
    """Where a new conversation goes; the first rule that fits wins. Checked at start, not applied yet."""

    channel: str = text("", "Name of a channel; empty fits all.")
    contains: tuple[str, ...] = setting(kinds.Texts(), "Words of which the first message must contain one.", [])
    team: str = required_text("The team it goes to.", "Support")


@frozen(kw_only=True)
class Routing:
    """Which team a new conversation goes to. Checked at start, not applied yet."""

    rules: tuple[Rule, ...] = listed(Rule)


@frozen(kw_only=True)
class Sla:
    """Deadlines for answers, counted in business hours. Checked at start, not applied yet."""

    first_response: float = duration("15m", "To the first answer; 0: no deadline.", low="0", high="365d")
    next_response: float = duration("1h", "To each further answer; 0: no deadline.", low="0", high="365d")
    resolution: float = duration("1d", "To the end; 0: no deadline.", low="0", high="365d")


@frozen(kw_only=True)
class BusinessHours:
    """When the desk is open. Checked at start, not applied yet."""

    timezone: str = text("UTC", "Name in the time zone database.", pattern=r"[A-Za-z0-9_+/-]{1,64}", may_be_empty=False)
    monday: str = text(_ALL_DAY, "Hours, or closed.", **_HOURS)
    tuesday: str = text(_ALL_DAY, "The same.", **_HOURS)
    wednesday: str = text(_ALL_DAY, "The same.", **_HOURS)
    thursday: str = text(_ALL_DAY, "The same.", **_HOURS)
    friday: str = text(_ALL_DAY, "The same.", **_HOURS)
    saturday: str = text(_ALL_DAY, "The same.", **_HOURS)
    sunday: str = text(_ALL_DAY, "The same.", **_HOURS)


@frozen(kw_only=True)
class Retention:
    """How long things are kept. `messages` is checked at start and not applied yet."""

    messages: float = duration("0", "Messages of closed conversations; 0: for ever.", low="0", high="36500d")
    events: float = duration("30d", "The event log; an older cursor is told to reload.", low="1h", high="3650d")
    quarantine: float = duration("30d", "Webhook parts that could not be understood.", low="1h", high="3650d")
    idempotency: float = duration("24h", "Answers kept for repeated requests.", low="1s", high="30d")
    notifications_read: float = duration("90d", "Notifications that were read.", low="1h", high="3650d")
    notifications: float = duration("180d", "Notifications, read or not.", low="1h", high="3650d")
    transactions: float = duration(
        "3650d",
        "Drafts of transactions that have ended, with consent and approval. The audit is never cut.",
        low="30d",
        high="36500d",
    )
    exports: float = duration("365d", "Who ordered which export.", low="1d", high="36500d")
