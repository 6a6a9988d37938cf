"""Who has a conversation, and what people change of it."""

from typing import Any

from hub.conversation.ai import taken_over
from hub.conversation.attributes import merged
from hub.conversation.changes import agent_actor, conversation_event
from hub.conversation.commands import UNSET, Context, Patch, Take
from hub.conversation.effects import Effects
from hub.conversation.notify import notify
from hub.conversation.state import Conversation, Desk, Status, Trigger, after, view
from hub.errors import AlreadyAssigned, Invalid, InvalidTransition, NotFound, StaleVersion
from hub.events import EventType
from hub.notification import NotificationKind
from hub.record import evolve

TRIGGERS: dict[Status, dict[Status, Trigger]] = {
    Status.PENDING: {Status.OPEN: Trigger.HANDOFF, Status.RESOLVED: Trigger.RESOLVE},
    Status.OPEN: {Status.SNOOZED: Trigger.SNOOZE, Status.RESOLVED: Trigger.RESOLVE},
    Status.SNOOZED: {Status.OPEN: Trigger.REOPEN, Status.SNOOZED: Trigger.SNOOZE, Status.RESOLVED: Trigger.RESOLVE},
    Status.RESOLVED: {Status.OPEN: Trigger.REOPEN},
    Status.CLOSED: {},
}
"""What a person who sets a status means by it."""


def take(desk: Desk, command: Take, context: Context) -> tuple[Desk, Effects, object]:
    """Gives an unassigned conversation to the asker. Raises AlreadyAssigned, naming who has it."""
    conversation = _existing(desk)
    if conversation.assignee_id == command.author.id:
        return desk, Effects(), conversation
    if conversation.assignee_id is not None:
        winner = {"id": conversation.assignee_id, "name": conversation.assignee_name}
        raise AlreadyAssigned(f"{conversation.assignee_name} has taken this conversation.", extra={"winner": winner})
    if conversation.status is Status.CLOSED:
        raise InvalidTransition("A closed conversation cannot be taken.")
    patch = Patch(command.author, assignee=command.author)
    return _apply(desk, conversation, patch, context)


def edit(desk: Desk, command: Patch, context: Context) -> tuple[Desk, Effects, object]:
    """Applies a person's edit. Raises StaleVersion (with the current conversation) when it has changed since."""
    conversation = _existing(desk)
    if command.version is not None and command.version != conversation.version:
        raise StaleVersion(extra={"current": view(conversation)})
    return _apply(desk, conversation, command, context)


def _existing(desk: Desk) -> Conversation:
    if desk.conversation is None:
        raise NotFound("There is no such conversation.")
    return desk.conversation


def _apply(desk: Desk, before: Conversation, command: Patch, context: Context) -> tuple[Desk, Effects, object]:
    changed = _edited(before, command, context)
    effects = Effects()
    if changed == before:
        return desk, effects, before
    if changed.assignee_id not in (None, before.assignee_id):
        changed = taken_over(changed, command.author)
    changed = evolve(changed, version=before.version + 1, updated_at=context.now)
    actor = agent_actor(command.author)
    for kind in _told(before, changed):
        effects.events.append(conversation_event(kind, changed, context, actor))
    if changed.assignee_id not in (None, before.assignee_id, command.author.id):
        notify(effects, changed, changed.assignee_id, NotificationKind.ASSIGNED, context, actor)
    return evolve(desk, conversation=changed), effects, changed


def _edited(conversation: Conversation, command: Patch, context: Context) -> Conversation:
    fields: dict[str, Any] = {
        name: value for name in ("team_id", "priority", "subject") if (value := getattr(command, name)) is not UNSET
    }
    if command.attributes is not UNSET:
        fields["attributes"] = merged(conversation.attributes, command.attributes)
    if fields.get("team_id", conversation.team_id) != conversation.team_id:
        fields.update(assignee_id=None, assignee_name=None)  # a new team's queue, unless somebody is named
    if command.assignee is not UNSET:
        fields["assignee_id"] = command.assignee.id if command.assignee else None
        fields["assignee_name"] = command.assignee.name if command.assignee else None
    if conversation.status is Status.CLOSED and (fields or command.status is not None):
        raise InvalidTransition("A closed conversation cannot be changed.")
    if command.snoozed_until is not UNSET and command.status is not Status.SNOOZED:
        raise Invalid(errors=[{"path": "$.snoozed_until", "message": "goes with the status snoozed"}])
    return _with_status(conversation, evolve(conversation, **fields), command, context)


def _handed_off(before: Conversation, conversation: Conversation) -> Status | None:
    """Whoever gets a conversation that a bot has, has it from then on."""
    given = conversation.assignee_id is not None and conversation.assignee_id != before.assignee_id
    return Status.OPEN if given and conversation.status is Status.PENDING else None


def _with_status(before: Conversation, conversation: Conversation, command: Patch, context: Context) -> Conversation:
    wanted = command.status or _handed_off(before, conversation)
    if wanted is None or (wanted is conversation.status and wanted is not Status.SNOOZED):
        return conversation
    trigger = TRIGGERS[conversation.status].get(wanted)
    if trigger is None:
        raise InvalidTransition(f"A {conversation.status} conversation cannot become {wanted}.")
    until = None if command.snoozed_until is UNSET else command.snoozed_until
    if wanted is Status.SNOOZED and until is not None and until <= context.now:
        raise Invalid(errors=[{"path": "$.snoozed_until", "message": "must be in the future"}])
    resolved = wanted is Status.RESOLVED
    return evolve(
        conversation,
        status=after(conversation.status, trigger),
        snoozed_until=until if wanted is Status.SNOOZED else None,
        resolved_at=context.now if resolved else None,
        waiting_since=None if resolved else conversation.waiting_since,
    )


def _told(before: Conversation, changed: Conversation) -> list[EventType]:
    """The events an edit leads to: one per axis that changed, else the general one."""
    told = []
    if changed.assignee_id != before.assignee_id:
        told.append(EventType.CONVERSATION_ASSIGNED if changed.assignee_id else EventType.CONVERSATION_UNASSIGNED)
    if changed.status is not before.status:
        told.append(EventType.CONVERSATION_STATUS_CHANGED)
    return told or [EventType.CONVERSATION_UPDATED]
