"""Changes as the rows that `journal_append` takes: one JSON array per table, each row naming its item."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import attrs
import orjson

from hub.conversation.effects import Effects, OwnedIdentity
from hub.conversation.state import Conversation
from hub.journal import Change
from hub.mention import view as mention_view
from hub.message import MediaState, Message

ARGUMENTS = (
    "items",
    "arrivals",
    "submissions",
    "customers",
    "customer_updates",
    "identities",
    "lost_identities",
    "conversations",
    "conversation_updates",
    "handovers",
    "messages",
    "message_updates",
    "attempts",
    "reports",
    "orphans",
    "media",
    "outbox",
    "settled",
    "held",
    "released",
    "channel_events",
    "notes",
    "notifications",
    "rooms",
    "room_messages",
    "announced",
    "events",
)
"""The function's arguments, in its order."""

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def arguments(changes: Sequence[Change]) -> list[bytes | None]:
    """The arguments for these changes; items are numbered from 1 in the order given."""
    rows: Rows = defaultdict(list)
    seen: set[UUID] = set()
    for item, change in enumerate(changes, 1):
        _add_item(rows, item, change, seen)
        _add(rows, item, change)
    return [orjson.dumps(rows[name]) if name in rows else None for name in ARGUMENTS]


def _add_item(rows: Rows, item: int, change: Change, seen: set[UUID]) -> None:
    """The change itself; `seen` are the conversations of earlier items."""
    row: Row = {"item": item, "change": change.id, "events": len(change.effects.events)}
    if change.conversation is not None:
        id = change.conversation.id
        row |= {"conversation_id": id, "expect": change.expect, "again": id in seen}
        seen.add(id)
    rows["items"].append(row)


def _add(rows: Rows, item: int, change: Change) -> None:
    conversation = change.conversation
    if conversation is not None:
        table = "conversations" if conversation.revision == 1 else "conversation_updates"
        rows[table].append(_present(conversation_row(item, conversation, change)))
    for orphan in change.orphans:
        rows["orphans"].append(_report_row(item, orphan.channel, orphan.update))
    _add_people(rows, item, change.effects)
    _add_messages(rows, item, change.effects)
    _add_sending(rows, item, change.effects)
    _add_colleagues(rows, item, change.effects)
    _add_rooms(rows, item, change.effects)
    _add_events(rows, item, change.effects)


def _present(row: Row) -> Row:
    """The row without what is null: to PostgreSQL it is the same, and a wide row has more of that than of the rest."""
    return {name: value for name, value in row.items() if value is not None}


def conversation_row(item: int, conversation: Conversation, change: Change) -> Row:
    """All columns of a conversation."""
    return {
        "item": item,
        "id": conversation.id,
        "number": conversation.number,
        "channel": conversation.channel,
        "channel_type": conversation.channel_type,
        "customer_id": conversation.customer.id,
        "status": conversation.status,
        "team_id": conversation.team_id,
        "assignee_id": conversation.assignee_id,
        "priority": conversation.priority,
        "subject": conversation.subject,
        "tags": conversation.tags,
        "attributes": conversation.attributes,
        "version": conversation.version,
        "revision": conversation.revision,
        "last_change": change.id,
        "last_seq": conversation.last_seq,
        "unsent": conversation.unsent,
        "failed": conversation.failed,
        "waiting_since": conversation.waiting_since,
        "first_reply_at": conversation.first_reply_at,
        "window_opened_at": conversation.window_opened_at,
        "last_message": conversation.last_message,
        "last_message_at": conversation.last_message_at,
        "snoozed_until": conversation.snoozed_until,
        "resolved_at": conversation.resolved_at,
        "previous_id": conversation.previous_id,
        "merged_into_id": conversation.merged_into_id,
        "ai_epoch": conversation.ai_epoch or None,  # nearly always 0, which the function puts in
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
    }


def _identity_row(item: int, owned: OwnedIdentity) -> Row:
    identity = owned.identity
    return {
        "item": item,
        "channel": owned.channel,
        "kind": identity.kind,
        "value": identity.value,
        "customer_id": owned.customer_id,
        "moved": owned.moved,
    }


def _add_people(rows: Rows, item: int, effects: Effects) -> None:
    for card, attributes in effects.customers:
        row = {"item": item, "id": card.id, "name": card.name, "attributes": attributes, "at": card.created_at}
        rows["customers"].append(row)
    updates: dict[UUID, Row] = {}
    for customer_id, name, attributes, at in effects.customer_updates:
        known = updates.get(customer_id, {"name": None, "attributes": {}})
        both = {"name": name or known["name"], "attributes": {**known["attributes"], **attributes}}
        updates[customer_id] = {"item": item, "id": customer_id, "at": at, **both}
    if updates:
        rows["customer_updates"].extend(updates.values())
    for owned in effects.identities:
        rows["identities"].append(_identity_row(item, owned))
    for owned in effects.lost_identities:
        rows["lost_identities"].append(_identity_row(item, owned))
    for handed in effects.handovers:
        rows["handovers"].append({"item": item, **attrs.asdict(handed)})


def message_row(item: int, message: Message) -> Row:
    """All columns of a message."""
    return {
        "item": item,
        "id": message.id,
        "conversation_id": message.conversation_id,
        "seq": message.seq,
        "channel": message.channel,
        "channel_message_id": message.channel_message_id,
        "client_id": message.client_id,
        "direction": message.direction,
        "sender_type": message.sender.type,
        "sender_id": message.sender.id,
        "sender_name": message.sender.name,
        "type": message.type,
        "text": message.text,
        "content_metadata": message.content_metadata,
        "media_id": message.media_id,
        "reply_to": message.reply_to,
        "reactions": message.reactions or None,
        "status": message.status,
        "status_at": message.status_at or None,
        "error": message.error,
        "attempt": message.attempt,
        "at": message.at,
        "created_at": message.created_at,
        "edited_at": message.edited_at,
        "deleted_at": message.deleted_at,
        "metadata": message.metadata,
        "internal": message.internal,
    }


def _add_messages(rows: Rows, item: int, effects: Effects) -> None:
    for message in effects.messages.values():
        rows["messages"].append(_present(message_row(item, message)))
        _add_keys(rows, item, message)
    for message in effects.updates.values():
        rows["message_updates"].append(_present(message_row(item, message)))
    for new in effects.media:
        media = new.media
        rows["media"].append(
            {
                "item": item,
                "id": new.id,
                "channel": new.channel,
                "conversation_id": new.conversation_id,
                "message_id": new.message_id,
                "state": MediaState.FAILED if media.failed else MediaState.PENDING,
                "provider_id": media.provider_id,
                "url": media.url,
                "mime_type": media.mime_type,
                "sha256": media.sha256,
                "filename": media.filename,
                "reason": media.failed,
            }
        )


def _add_keys(rows: Rows, item: int, message: Message) -> None:
    """By what a message is recognised that is stored already."""
    row: Row = {"item": item, "id": message.id}
    if message.channel_message_id is not None:
        rows["arrivals"].append({**row, "channel": message.channel, "channel_message_id": message.channel_message_id})
    if message.client_id is not None:
        rows["submissions"].append({**row, "conversation_id": message.conversation_id, "client_id": message.client_id})


def _report_row(item: int, channel: str, update: Any) -> Row:
    return {
        "item": item,
        "channel": channel,
        "provider_id": update.channel_message_id,
        "status": update.raw_status,
        "at": update.at,
        "report": {
            **update.metadata,
            "status": update.status,
            "reference": update.reference,
            "error_code": update.error_code,
            "error_text": update.error_text,
            "pricing": update.pricing,
        },
    }


def _add_sending(rows: Rows, item: int, effects: Effects) -> None:
    for attempt in effects.attempts.values():
        rows["attempts"].append(
            {
                "item": item,
                "message_id": attempt.message_id,
                "attempt": attempt.attempt,
                "channel": attempt.channel,
                "provider_id": attempt.provider_id,
                "status": attempt.status,
                "error_code": attempt.error_code,
                "error_text": attempt.error_text,
                "at": attempt.at,
            }
        )
    for report in effects.reports:
        rows["reports"].append({**_report_row(item, report.channel, report.update), "message_id": report.message_id})
    for row in effects.outbox:
        rows["outbox"].append(
            {
                "item": item,
                "id": row.id,
                "channel": row.channel,
                "conversation_id": row.conversation_id,
                "message_id": row.message_id,
                "seq": row.seq,
                "attempt": row.attempt,
                "lane": row.lane,
                "payload": row.payload,
                "token": row.token,
            }
        )
    for settled in effects.settled:
        rows["settled"].append(
            {
                "item": item,
                "id": settled.id,
                "token": settled.token,
                "retry_in": settled.retry_in,
                "tries": settled.tries,
            }
        )


def _add_colleagues(rows: Rows, item: int, effects: Effects) -> None:
    for note in effects.notes:
        rows["notes"].append(
            {
                "item": item,
                "id": note.id,
                "conversation_id": note.conversation_id,
                "after_seq": note.after_seq,
                "author_id": note.author_id,
                "author_name": note.author_name,
                "text": note.text,
                "mentions": [mention_view(mention) for mention in note.mentions],
                "client_id": note.client_id,
                "created_at": note.created_at,
                "deleted_at": note.deleted_at,
            }
        )
    for notification in effects.notifications:
        rows["notifications"].append(
            {
                "item": item,
                "id": notification.id,
                "user_id": notification.user_id,
                "kind": notification.kind,
                "actor": notification.actor,
                "conversation_id": notification.subject.id if notification.subject else None,
                "note_id": notification.note_id,
                "room_id": notification.room.id if notification.room else None,
                "room_message_id": notification.room_message_id,
                "alert_id": notification.alert.id if notification.alert else None,
                "title": notification.alert.title if notification.alert else None,
                "created_at": notification.created_at,
            }
        )


def _add_rooms(rows: Rows, item: int, effects: Effects) -> None:
    for move in effects.rooms:
        rows["rooms"].append(
            {"item": item, "id": move.id, "expect": move.expect, "last_seq": move.last_seq, "at": move.at}
        )
    for message in effects.room_messages:
        rows["room_messages"].append(
            {
                "item": item,
                "id": message.id,
                "room_id": message.room_id,
                "seq": message.seq,
                "author_id": message.author_id,
                "author_name": message.author_name,
                "text": message.text,
                "mentions": [mention_view(mention) for mention in message.mentions],
                "client_id": message.client_id,
                "created_at": message.created_at,
            }
        )


def _add_events(rows: Rows, item: int, effects: Effects) -> None:
    for held in effects.held:
        rows["held"].append(
            {
                "item": item,
                "id": held.id,
                "conversation_id": held.conversation_id,
                "target": held.target,
                "amendment": held.item,
            }
        )
    for released in effects.released:
        rows["released"].append({"item": item, "id": released})
    for record in effects.channel_events:
        rows["channel_events"].append(
            {
                "item": item,
                "id": record.id,
                "channel": record.channel,
                "field": record.field,
                "event": record.event,
                "payload": record.payload,
                "at": record.at,
            }
        )
    for announced in effects.announced:
        rows["announced"].append({"item": item, "id": announced})
    for event in effects.events:
        rows["events"].append(
            {
                "item": item,
                "id": event.id,
                "type": event.type,
                "at": event.at,
                "conversation_id": event.conversation_id,
                "conversation_seq": event.conversation_seq,
                "version": event.version,
                "team_id": event.audience.team_id,
                "assignee_id": event.audience.assignee_id,
                "audience_user_id": event.audience.user_id,
                "inbox_id": event.audience.inbox_id,
                "audience_members": event.audience.members or None,
                "actor": event.actor,
                "data": event.data,
            }
        )
