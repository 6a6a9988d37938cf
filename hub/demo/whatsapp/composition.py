"""The bodies of what customers write, as Meta's page "Messages webhook" has them: the value under the type's name."""

import json
from typing import Any

Json = dict[str, Any]


def text(body: str) -> Json:
    """A plain text."""
    return {"body": body}


def location(latitude: float, longitude: float, name: str | None = None, address: str | None = None) -> Json:
    """A place; `name` and `address` only when one was chosen from the map."""
    named = {"name": name, "address": address}
    return {"latitude": latitude, "longitude": longitude, **{key: value for key, value in named.items() if value}}


def contact(name: str, phone: str) -> Json:
    """One shared contact card."""
    plain = "".join(character for character in phone if character.isdigit())
    return {
        "name": {"formatted_name": name, "first_name": name.split()[0]},
        "phones": [{"phone": phone, "wa_id": plain, "type": "CELL"}],
    }


def order(catalog_id: str, items: list[tuple[str, int, float]], currency: str, note: str | None) -> Json:
    """A basket: `items` are (product, quantity, price)."""
    products = [
        {"product_retailer_id": product, "quantity": quantity, "item_price": price, "currency": currency}
        for product, quantity, price in items
    ]
    return {"catalog_id": catalog_id, **({"text": note} if note else {}), "product_items": products}


def button_reply(button_id: str, title: str) -> Json:
    """A pressed reply button."""
    return {"type": "button_reply", "button_reply": {"id": button_id, "title": title}}


def list_reply(row_id: str, title: str, description: str | None = None) -> Json:
    """A chosen row of a list."""
    row = {"id": row_id, "title": title, **({"description": description} if description else {})}
    return {"type": "list_reply", "list_reply": row}


def form_reply(answers: Json, name: str = "flow") -> Json:
    """A filled-in form (`nfm_reply`)."""
    return {
        "type": "nfm_reply",
        "nfm_reply": {"name": name, "body": "Sent", "response_json": json.dumps(answers)},
    }


def call_permission(response: str, expires_at: float | None = None) -> Json:
    """The answer to a request to call: `accept` or `reject`."""
    expiry = {} if expires_at is None else {"expiration_timestamp": int(expires_at)}
    return {
        "type": "call_permission_reply",
        "call_permission_reply": {"response": response, **expiry, "response_source": "user_action"},
    }


def ad_referral(headline: str, source_id: str) -> Json:
    """Where a customer came from: a Click-to-WhatsApp ad."""
    return {
        "source_url": f"https://fb.me/{source_id}",
        "source_id": source_id,
        "source_type": "ad",
        "headline": headline,
        "body": "Write to us on WhatsApp.",
        "media_type": "image",
        "image_url": "https://scontent.example/ad.jpg",
        "ctwa_clid": f"clid-{source_id}",
        "welcome_message": {"text": "Hi! How can we help?"},
    }


def summary(kind: str, content: Any) -> str:
    """What a bubble shows in words, for people who read the chat."""
    if not isinstance(content, dict):
        return f"[{kind}]"
    if kind == "interactive":
        reply = content.get(str(content.get("type")), {})
        body = content.get("body")
        shown = reply.get("title") if isinstance(reply, dict) else None
        return str(shown or (body.get("text") if isinstance(body, dict) else None) or f"[{content.get('type')}]")
    if kind == "location":
        return str(content.get("name") or f"{content.get('latitude')}, {content.get('longitude')}")
    words = content.get("body") or content.get("caption") or content.get("text") or content.get("filename")
    return str(words) if words else f"[{kind}]"
