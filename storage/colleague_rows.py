"""What colleagues say among themselves as the journal's rows: notes, notifications, rooms."""

from hub.conversation.effects import Effects
from hub.mention import view as mention_view
from storage.rows import Rows


def add_colleagues(rows: Rows, item: int, effects: Effects) -> None:
    """Notes, and who is notified."""
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


def add_rooms(rows: Rows, item: int, effects: Effects) -> None:
    """Messages of rooms, and where each room stands."""
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
