"""Messages as the journal's rows: what was said, by what it is recognised, its files, and how it is sent."""

from typing import Any

from hub.conversation.effects import Effects
from hub.message import MediaState, Message
from storage.rows import Row, Rows, present


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


def add_messages(rows: Rows, item: int, effects: Effects) -> None:
    """New messages and changed ones, and the files that came with them."""
    for message in effects.messages.values():
        rows["messages"].append(present(message_row(item, message)))
        _add_keys(rows, item, message)
    for message in effects.updates.values():
        rows["message_updates"].append(present(message_row(item, message)))
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


def report_row(item: int, channel: str, update: Any) -> Row:
    """A report on a message that was sent."""
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


def add_sending(rows: Rows, item: int, effects: Effects) -> None:
    """Attempts, reports on them, and what goes into the outbox or is settled there."""
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
        rows["reports"].append({**report_row(item, report.channel, report.update), "message_id": report.message_id})
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
