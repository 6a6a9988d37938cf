"""The company's back ends, and the AI agent that works with them.

Paths and field names of a back end are settings, so that another one is a profile and not a fork. Paths are relative
to `base_url`; `{id}` stands for the identifier. `fields` renames: the hub's word = the back end's word.
"""

from collections.abc import Mapping
from decimal import Decimal

from attrs import frozen

from hub.config import kinds
from hub.config.secret import Secret
from hub.config.setting import (
    duration,
    flag,
    number,
    one,
    optional,
    required_text,
    required_url,
    secret,
    secret_ring,
    setting,
    size,
    text,
)

_PATH = {
    "pattern": r"/[A-Za-z0-9/_.{}:-]*(\?[A-Za-z0-9/_.@=&,:%-]*)?",
    "pattern_name": 'a path such as "/tickets/{id}", perhaps with a fixed query',
    "may_be_empty": False,
}
_PLACE = {
    "pattern": r"[A-Za-z0-9_@$-]+(\.[A-Za-z0-9_@$-]+)*",
    "pattern_name": 'a field\'s name, or a way such as "data.item"',
}
_TICKET_FIELDS = (
    "id",
    "status",
    "customer_id",
    "subject",
    "description",
    "conversation_id",
    "tickets",
    "body",
    "ticket_id",
    "created_at",
    "updated_at",
)
_TRANSACTION_FIELDS = (
    "id",
    "status",
    "amount",
    "currency",
    "customer_id",
    "description",
    "created_at",
    "transactions",
    "next_cursor",
    "cursor",
    "limit",
)
_TICKET_STATUSES = ("open", "pending", "resolved", "closed")
_TRANSACTION_STATUSES = ("pending", "processing", "completed", "failed", "cancelled", "refunded")
_DRAFT_STATES = ("open", "committed", "failed", "cancelled", "expired")


@frozen(kw_only=True)
class TicketingPaths:
    """Where the ticketing system's operations are."""

    create: str = text("/tickets", "POST.", **_PATH)
    get: str = text("/tickets/{id}", "GET.", **_PATH)
    search: str = text("/tickets", "GET with customer_id and status.", **_PATH)
    comment: str = text(
        "/tickets/{id}/comments",
        "POST. Without {id} the ticket is named in the body, as ticket_id. Empty: it takes no comments.",
        **{**_PATH, "may_be_empty": True},
    )


@frozen(kw_only=True)
class Ticketing:
    """The ticketing system, with an API key."""

    base_url: str = required_url("Its address.", "https://tickets.example.com/api")
    api_key: Secret = secret("Sent with every call.", "env:TICKETING_API_KEY")
    api_key_header: str = text(
        "X-Api-Key", "The header that carries it.", pattern=r"[A-Za-z0-9-]{1,64}", may_be_empty=False
    )
    headers: Mapping[str, str] = setting(
        kinds.Words(pattern=r"[A-Za-z0-9-]{1,64}", most=16), "Further headers that it wants. No secrets.", {}
    )
    idempotent: bool = flag(
        True, "It knows a repeated POST by its Idempotency-Key; false: one that may have arrived is not repeated."
    )
    timeout: float = duration("10s", "Per attempt, from connecting to the last byte.", high="5m")
    cache_ttl: float = duration("5m", "How long a ticket's state is shown without asking again.", low="0")
    stale_if_open: float = duration("10m", "How old a shown copy may be while the circuit is open.", low="0")
    paths: TicketingPaths = one(TicketingPaths)
    fields: Mapping[str, str] = setting(
        kinds.Renames(_TICKET_FIELDS),
        "Its names for the hub's fields; dots lead into objects.",
        {},
    )
    item: str = text("", 'Where one ticket is in an answer, such as "data"; empty: the answer is the ticket.', **_PLACE)
    attributes: str = text("", 'An object inside of a ticket that holds fields of it, such as "attributes".', **_PLACE)
    statuses: Mapping[str, str] = setting(
        kinds.Words(_TICKET_STATUSES), "Its words for statuses = the hub's, where they differ.", {}
    )


@frozen(kw_only=True)
class StatusPaths:
    """Where transactions are read."""

    get: str = text("/transactions/{id}", "GET.", **_PATH)
    search: str = text("/transactions", "GET with customer_id, cursor and limit.", **_PATH)


@frozen(kw_only=True)
class TransactionStatus:
    """Reading transactions, with OAuth2 client credentials."""

    base_url: str = required_url("Its address.", "https://payments.example.com/api")
    token_url: str = required_url("Where tokens are given out.", "https://payments.example.com/oauth/token")
    client_id: str = required_text("The hub's name there.", "hub")
    client_secret: Secret = secret("The hub's secret there.", "env:TRANSACTION_STATUS_SECRET")
    webhook_secret: tuple[Secret, ...] = secret_ring(
        "Checks its webhooks (Standard Webhooks).", "env:TRANSACTION_WEBHOOK_SECRET", shortest=24
    )
    scope: str = text("", "OAuth2 scope, when it wants one.")
    audience: str = text("", "OAuth2 audience, when it wants one.")
    resource: str = text("", "OAuth2 resource (RFC 8707), when it wants one.")
    client_auth: str = text("basic", "How the secret is sent to token_url.", choices=("basic", "post"))
    timeout: float = duration("5s", "Per attempt.", high="5m")
    cache_ttl: float = duration("2m", "How long a status is shown without asking again.", low="0")
    stale_if_open: float = duration("0", "How old a shown copy may be while the circuit is open; 0: none.", low="0")
    paths: StatusPaths = one(StatusPaths)
    fields: Mapping[str, str] = setting(
        kinds.Renames(_TRANSACTION_FIELDS),
        "Its names for the hub's fields; dots lead into objects.",
        {},
    )
    item: str = text("", 'Where one transaction is in an answer, such as "data".', **_PLACE)
    attributes: str = text("", "An object inside of a transaction that holds fields of it.", **_PLACE)
    statuses: Mapping[str, str] = setting(
        kinds.Words(_TRANSACTION_STATUSES),
        "Its words for statuses = the hub's, where they differ.",
        {"canceled": "cancelled"},
    )


@frozen(kw_only=True)
class CreatePaths:
    """Where transactions are drafted and committed."""

    draft: str = text("/transactions/drafts", "POST.", **_PATH)
    get: str = text("/transactions/drafts/{id}", "GET.", **_PATH)
    commit: str = text("/transactions/drafts/{id}/commit", "POST.", **_PATH)
    cancel: str = text("/transactions/drafts/{id}", "DELETE.", **_PATH)


@frozen(kw_only=True)
class TransactionCreate:
    """Making transactions, with OAuth2 and a signature on every request that creates or commits."""

    base_url: str = required_url("Its address.", "https://payments.example.com/api")
    token_url: str = required_url("Where tokens are given out.", "https://payments.example.com/oauth/token")
    client_id: str = required_text("The hub's name there.", "hub")
    client_secret: Secret = secret("The hub's secret there.", "env:TRANSACTION_CREATE_SECRET")
    hmac_secret: tuple[Secret, ...] = secret_ring("Signs the requests.", "env:TRANSACTION_HMAC_SECRET")
    signature: str = text(
        "simple", "simple: X-Signature; rfc9421: HTTP Message Signatures.", choices=("simple", "rfc9421")
    )
    scope: str = text("", "OAuth2 scope, when it wants one.")
    audience: str = text("", "OAuth2 audience, when it wants one.")
    resource: str = text("", "OAuth2 resource (RFC 8707), when it wants one.")
    client_auth: str = text("basic", "How the secret is sent to token_url.", choices=("basic", "post"))
    draft_timeout: float = duration("5s", "Per attempt, for everything but the commit.", high="5m")
    commit_timeout: float = duration("15s", "Per attempt, for the commit.", high="5m")
    paths: CreatePaths = one(CreatePaths)
    fields: Mapping[str, str] = setting(
        kinds.Renames(("id", "state", "customer_id", "amount", "currency", "description", "transaction_id")),
        "Its names for the hub's fields; dots lead into objects.",
        {},
    )
    item: str = text("", 'Where one draft is in an answer, such as "data".', **_PLACE)
    attributes: str = text("", "An object inside of a draft that holds fields of it.", **_PLACE)
    states: Mapping[str, str] = setting(
        kinds.Words(_DRAFT_STATES),
        "Its words for states = the hub's, where they differ.",
        {"draft": "open", "canceled": "cancelled"},
    )


@frozen(kw_only=True)
class Integrations:
    """Back ends. One that is left out is switched off, and its tools with it."""

    private_networks: tuple[str, ...] = setting(
        kinds.Networks(),
        "Networks, beside the public internet and the addresses written above, that their names may lead to.",
        [],
    )

    ticketing: Ticketing | None = optional(Ticketing)
    transaction_status: TransactionStatus | None = optional(TransactionStatus)
    transaction_create: TransactionCreate | None = optional(TransactionCreate)


@frozen(kw_only=True)
class Circuits:
    """How calls to back ends are bounded, repeated and held back. One circuit per integration."""

    failures: int = number(5, "Failed attempts in a row that open the circuit.", low=1, high=1000)
    open: float = duration("60s", "How long it stays open before one probe.", high="1d")
    attempts: int = number(3, "Attempts in all, of calls that may be repeated.", low=1, high=10)
    backoff_base: float = duration("200ms", "Pause before the second attempt, full jitter; it doubles.", high="1m")
    backoff_cap: float = duration("2s", "Longest such pause.", high="10m")
    retry_after_cap: float = duration("5s", "A longer Retry-After is not waited for while somebody waits.", high="10m")
    retry_budget: int = number(10, "Repeats may be at most this percentage of calls.", low=0, high=100)
    in_flight: int = number(8, "Calls at once per integration.", low=1, high=1000)
    waiting: int = number(32, "Calls that may wait for one of those; above it 503.", low=0, high=10_000)
    deadline: float = duration("30s", "A tool call as a whole.", high="10m")
    background_deadline: float = duration("60s", "A call that nobody waits for.", high="1h")
    cache_entries: int = number(
        10_000, "Answers kept per integration; the least used goes first.", low=0, high=1_000_000
    )


@frozen(kw_only=True)
class Ai:
    """What the AI agent may do by itself."""

    calls_per_hour: int = number(10, "Tool calls per conversation in any 60 minutes; above it 429.", low=1, high=10_000)
    customer_calls_per_hour: int = number(
        0, "The same for all of a customer's conversations together; 0: three times as many.", low=0, high=100_000
    )
    calls_per_minute: int = number(120, "Tool calls per key in any 60 seconds; above it 429.", low=1, high=100_000)
    approval_over: Decimal = setting(kinds.Money(), "Above this amount a person must approve.", "1000.00")
    currency: str = text("USD", "Currency of that amount, and of a draft that names none.", pattern=r"[A-Z]{3}")
    approval_window: float = duration(
        "24h", "A customer's amounts within it are added up; 0: each alone.", low="0", high="30d"
    )
    approval_ttl: float = duration("15m", "A request for approval lapses after this.", low="1s", high="7d")
    amount_max: Decimal = setting(kinds.Money(), "No draft above this amount at all.", "10000000.00")
    session_ttl: float = duration("15m", "Life of the token of an AI session.", low="1s", high="1d")
    confirmation_ttl: float = duration("10m", "Life of a customer's confirmation.", low="1s", high="1d")
    draft_ttl: float = duration("30m", "A draft that is not committed lapses after this.", low="1s", high="7d")
    reconcile_for: float = duration(
        "15m", "A commit whose answer was lost is looked for so long; then a person has to.", low="1s", high="7d"
    )
    confirm_in_words: bool = flag(True, 'Whether a customer may confirm with "yes"; otherwise by button or code.')
    prompt_language: str = text("en", "Language of the question to the customer.", choices=("en", "es", "pt", "ar"))
    prompt_company: str = text(
        "", "To whom is paid, as the question says; empty: it does not say.", pattern=r".{0,80}", pattern_name="a name"
    )
    argument_bytes: int = size("64KiB", "Largest body of a tool call; above it 413.", high="1MiB")
