"""Changes as the rows that `journal_append` takes: one JSON array per table, each row naming its item."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import attrs
import orjson

from hub.conversation.effects import Effects, OwnedIdentity
from hub.conversation.state import Conversation
from hub.journal import Change
from storage.colleague_rows import add_colleagues, add_rooms
from storage.message_rows import add_messages, add_sending, report_row
from storage.rows import Row, Rows, present

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
        rows[table].append(present(conversation_row(item, conversation, change)))
    for orphan in change.orphans:
        rows["orphans"].append(report_row(item, orphan.channel, orphan.update))
    _add_people(rows, item, change.effects)
    add_messages(rows, item, change.effects)
    add_sending(rows, item, change.effects)
    add_colleagues(rows, item, change.effects)
    add_rooms(rows, item, change.effects)
    _add_events(rows, item, change.effects)


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
