"""What the page and the JSON API show of the world."""

from typing import Any

from hub.demo.whatsapp.chat import Bubble
from hub.demo.whatsapp.customers import Customer
from hub.demo.whatsapp.ledger import Attempt, Send, WebhookPost

Json = dict[str, Any]


def customer_view(customer: Customer) -> Json:
    """A line of the customers' list."""
    bubbles = customer.chat.bubbles
    last = bubbles[-1] if bubbles else None
    return {
        "number": customer.number,
        "wa_id": customer.wa_id,
        "bsuid": customer.bsuid,
        "name": customer.identity.name,
        "username": customer.identity.username,
        "window_open": customer.window_is_open(),
        "window_until": customer.window_until,
        "blocks_business": customer.blocks_business,
        "stopped_marketing": customer.stopped_marketing,
        "offline": customer.is_offline,
        "unread": sum(bubble.status == "delivered" for bubble in customer.inbox),
        "last": None if last is None else {"at": last.at, "text": last.text, "mine": last.mine},
    }


def chat_view(customer: Customer, limit: int) -> Json:
    """A customer with the last `limit` bubbles."""
    return {
        **customer_view(customer),
        "bubbles": [bubble_view(bubble) for bubble in list(customer.chat.bubbles)[-limit:]],
    }


def bubble_view(bubble: Bubble) -> Json:
    """One bubble."""
    media_id = bubble.content.get("id") if isinstance(bubble.content, dict) else None
    return {
        "wamid": bubble.wamid,
        "mine": bubble.mine,
        "at": bubble.at,
        "type": bubble.type,
        "text": bubble.text,
        "media": None if media_id is None else f"/world/media/{media_id}",
        "quotes": (bubble.context or {}).get("id") or (bubble.context or {}).get("message_id"),
        "status": bubble.status,
        "reactions": bubble.reactions,
        "deleted": bubble.deleted,
        "buttons": bubble.buttons(),
        "rows": bubble.rows(),
    }


def send_view(send: Send) -> Json:
    """A line of what the business sent."""
    return {
        "order": send.order,
        "at": send.at,
        "to": send.wa_id or send.bsuid,
        "type": send.type,
        "wamid": send.wamid,
        "opaque": send.opaque,
        "statuses": send.statuses,
        "body": send.body,
    }


def webhook_view(post: WebhookPost) -> Json:
    """A line of what the business was posted."""
    return {
        "bytes": len(post.raw),
        "tries": [attempt.status for attempt in post.tries],
        "accepted": post.accepted,
        "abandoned": post.abandoned,
    }


def attempt_view(attempt: Attempt) -> Json:
    """A line of the requests to `/messages`."""
    return {"at": attempt.at, "outcome": attempt.outcome}
