"""Two conversations of one customer become one: the source ends, and what comes for it later goes to the target.

Messages stay where they were written, with their numbers; the target's readers see them there. Each conversation
decides for itself, the source first. Should nothing follow, what it leaves is still known (`Unfinished`), and the hub
completes it.
"""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.conversation.changes import SYSTEM, agent_actor, conversation_event
from hub.conversation.commands import HUB, Absorb, Context, Merge
from hub.conversation.effects import Effects
from hub.conversation.state import Conversation, Desk, Status, Trigger, after
from hub.errors import InvalidTransition, NotFound
from hub.events import EventType
from hub.record import evolve


@frozen
class Unfinished:
    """A merge whose source has ended and whose target does not know. `into_id` is who goes on in the target's place;
    None when nobody does. `waiting_since`: since when the source's customer waited."""

    source_id: UUID
    into_id: UUID | None
    waiting_since: datetime | None


class Merges(Protocol):
    """Merges of conversations that were interrupted. Every method raises hub.errors.Unavailable when the database is
    away."""

    async def take(self, idle: timedelta, limit: int) -> list[Unfinished]:
        """At most `limit` of those that nobody has set about for `idle`, now this replica's to."""

    async def drop(self, source_id: UUID) -> None:
        """Gives one up: there is nobody to take over."""


def merge(desk: Desk, command: Merge, context: Context) -> tuple[Desk, Effects, object]:
    """Ends the source. Answers it as it was before; merging it again into the same changes nothing, and answers it as
    it is.

    Raises InvalidTransition when it is closed or merged into another one.
    """
    conversation = _existing(desk)
    if conversation.merged_into_id == command.into_id:
        return desk, Effects(), conversation
    ended = evolve(
        conversation,
        status=after(conversation.status, Trigger.MERGE),
        merged_into_id=command.into_id,
        waiting_since=None,
        snoozed_until=None,
        version=conversation.version + 1,
        updated_at=context.now,
    )
    told = {"into": {"id": command.into_id, "number": command.into_number}}
    actor = agent_actor(command.author)
    event = conversation_event(EventType.CONVERSATION_MERGED, ended, context, actor, told)
    return evolve(desk, conversation=ended), Effects(events=[event]), conversation


def absorb(desk: Desk, command: Absorb, context: Context) -> tuple[Desk, Effects, object]:
    """Takes over what the source leaves: who waits, and its tags. Answers the target.

    A customer who waits opens it again. Raises InvalidTransition when it is closed.
    """
    target, source = _existing(desk), command.source
    if target.status is Status.CLOSED:
        raise InvalidTransition("Nothing can be merged into a closed conversation.")
    waits = source.waiting_since is not None and target.status in (Status.SNOOZED, Status.RESOLVED)
    since = [moment for moment in (target.waiting_since, source.waiting_since) if moment is not None]
    changed = evolve(
        target,
        status=after(target.status, Trigger.REOPEN) if waits else target.status,
        snoozed_until=None if waits else target.snoozed_until,
        resolved_at=None if waits else target.resolved_at,
        waiting_since=min(since, default=None),
        tags=tuple(dict.fromkeys((*target.tags, *source.tags))),
        version=target.version + 1,
        updated_at=context.now,
    )
    told = {"from": {"id": source.id, "number": source.number}}
    actor = SYSTEM if command.author == HUB else agent_actor(command.author)
    effects = Effects(events=[conversation_event(EventType.CONVERSATION_MERGED, changed, context, actor, told)])
    if waits:
        effects.events.append(conversation_event(EventType.CONVERSATION_STATUS_CHANGED, changed, context, actor))
    return evolve(desk, conversation=changed), effects, changed


def _existing(desk: Desk) -> Conversation:
    if desk.conversation is None:
        raise NotFound("There is no such conversation.")
    return desk.conversation
