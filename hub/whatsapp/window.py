"""The customer service window: for 24 hours after a customer's last word anything may be sent, later only templates.

Meta, "Pricing" and "Send messages": a user's message or call opens it, by WhatsApp's time, not ours. Reactions, edits,
statuses, system messages and echoes do not; `hub.inbound` items say so in `opens_window`.
"""

from datetime import datetime, timedelta

WINDOW = timedelta(hours=24)


def opened(previous: datetime | None, at: datetime) -> datetime:
    """The moment that counts after a customer's word of `at`: late webhooks never shorten a window."""
    return at if previous is None or at > previous else previous


def expires_at(opened_at: datetime) -> datetime:
    """The first moment at which the window is closed."""
    return opened_at + WINDOW


def is_open(opened_at: datetime | None, now: datetime) -> bool:
    """Whether free text may be sent now. Exact: there is no margin, WhatsApp's own refusal (131047) covers the edge."""
    return opened_at is not None and now < expires_at(opened_at)
