"""The settings of the kernel's bounds and times, put onto the kinds of actors they are of."""

from dataclasses import replace

from actors import kinds
from actors.kernel import Bound, Kind, Limit
from hub.config import Config


def tuned(kind: Kind, config: Config) -> Kind:
    """The kind with the configured idle time, mailbox, number in memory and blocking; what is not set stays."""
    given, limits = config.actors, config.limits
    idle = {
        kinds.CUSTOMER: given.customer_idle,
        kinds.CONVERSATION: given.conversation_idle,
        kinds.TEAM_QUEUE: given.team_idle,
        kinds.ROOM: given.room_idle,
        kinds.TRANSACTION: given.ai_idle,
    }
    mailbox = {
        kinds.CUSTOMER: limits.mailbox,
        kinds.CONVERSATION: limits.mailbox,
        kinds.ROOM: limits.mailbox,
        kinds.TRANSACTION: limits.ai_mailbox,
        kinds.WRITER: config.journal.queue,
    }
    batch = {kinds.WRITER: config.journal.batch_items}
    cap = {kinds.CONVERSATION: limits.resident_conversations}
    bound = kind.bound
    return replace(
        kind,
        idle_after=idle.get(kind.name, kind.idle_after),
        bound=Bound(mailbox.get(kind.name, bound.limit), bound.policy, bound.key),
        batch=batch.get(kind.name, kind.batch),
        cap=cap.get(kind.name, kind.cap),
        crashes=Limit(given.failures, within=given.failures_within),
        block_base=given.block_first,
        block_max=max(given.block_first, given.block_most),
    )
