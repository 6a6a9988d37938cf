"""How far a sent message has come, as a table: an update applies only when it leads forward.

Ranks: pending 0, sending 1, unknown 1, sent 2, delivered 3, read 4. `failed` is reachable up to rank 2 and ends the
attempt. A `failed` that arrives after `delivered` is recorded, not shown; a `delivered` or `read` that arrives after
`failed` likewise. `played` (a voice note was heard) counts as `read`.
"""

from enum import StrEnum


class DeliveryStatus(StrEnum):
    """The states of an outbound message; inbound ones are `received` for ever."""

    RECEIVED = "received"
    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


RANK: dict[DeliveryStatus, int] = {
    DeliveryStatus.PENDING: 0,
    DeliveryStatus.SENDING: 1,
    DeliveryStatus.UNKNOWN: 1,
    DeliveryStatus.SENT: 2,
    DeliveryStatus.DELIVERED: 3,
    DeliveryStatus.READ: 4,
}

_P, _S, _U = DeliveryStatus.PENDING, DeliveryStatus.SENDING, DeliveryStatus.UNKNOWN
_OK, _D, _R, _F = DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ, DeliveryStatus.FAILED

TRANSITIONS: dict[DeliveryStatus, frozenset[DeliveryStatus]] = {
    DeliveryStatus.RECEIVED: frozenset(),
    _P: frozenset({_S, _U, _OK, _D, _R, _F}),
    _S: frozenset({_P, _U, _OK, _D, _R, _F}),
    _U: frozenset({_P, _OK, _D, _R, _F}),
    _OK: frozenset({_D, _R, _F}),
    _D: frozenset({_R}),
    _R: frozenset(),
    _F: frozenset({_P}),
}
"""From each state, the states an update may lead to. `sending → pending` is an automatic retry of the same attempt
row's message (the provider refused for now); `failed → pending` and `unknown → pending` are a person's retry, a new
attempt."""


def advances(current: DeliveryStatus, reported: DeliveryStatus) -> bool:
    """Whether the channel's report moves a message forward. Retries (`→ pending`) are commands, not reports."""
    return reported is not DeliveryStatus.PENDING and reported in TRANSITIONS[current]
