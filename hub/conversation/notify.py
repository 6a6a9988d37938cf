"""Telling one person of something at a conversation: the row and its event, in the commit of what they are about."""

from typing import Any
from uuid import UUID

from hub.conversation.commands import Context
from hub.conversation.effects import Effects, NewEvent
from hub.conversation.state import Conversation
from hub.events import Audience, EventType
from hub.note import Note
from hub.notification import Notification, NotificationKind, Subject, preview, view


def notify(
    effects: Effects,
    conversation: Conversation,
    user_id: UUID,
    kind: NotificationKind,
    context: Context,
    actor: dict[str, Any],
    note: Note | None = None,
) -> None:
    """Notes it for storage and tells the user, who is to see the conversation by then."""
    notification = Notification(
        id=context.new_id(),
        user_id=user_id,
        kind=kind,
        created_at=context.now,
        actor=actor,
        subject=Subject(conversation.id, conversation.number, conversation.customer.name),
        note_id=note.id if note else None,
        text=preview(note.text) if note else None,
    )
    effects.notifications.append(notification)
    effects.events.append(
        NewEvent(
            id=context.new_id(),
            type=EventType.NOTIFICATION_CREATED,
            at=context.now,
            audience=Audience(conversation.team_id, conversation.assignee_id, user_id),
            conversation_id=conversation.id,
            conversation_seq=conversation.last_seq,
            version=conversation.version,
            actor=actor,
            data={"notification": view(notification)},
        )
    )
