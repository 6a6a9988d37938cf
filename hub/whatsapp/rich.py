"""Messages that are more than text: a place, contact cards, an order. Each gets a line to read and its facts beside.

Meta, "Webhooks: messages reference" (location, contacts, order).
"""

import math
from collections.abc import Iterable
from typing import Any

from hub.inbound import Identity, IdentityKind
from hub.message import Content, ContentType
from hub.whatsapp.party import phone
from hub.whatsapp.payload import Json, elements, mapping, present, text, token


def location(message: Json, kind: str) -> Content | None:
    """A place as "name, address (latitude, longitude)". 0.0 is a latitude like any other."""
    place = mapping(message.get("location"))
    latitude, longitude = _coordinate(place.get("latitude")), _coordinate(place.get("longitude"))
    name, address = text(place.get("name")), text(place.get("address"))
    words = ", ".join(part for part in (name, address) if part)
    point = f"({latitude}, {longitude})" if latitude is not None and longitude is not None else None
    shown = " ".join(part for part in (words, point) if part)
    facts = present(latitude=latitude, longitude=longitude, name=name, address=address, url=text(place.get("url")))
    return Content(ContentType.TEXT, shown, metadata={"location": facts}) if shown else None


def _coordinate(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) else None


def contacts(message: Json, kind: str) -> Content | None:
    """Contact cards, one per line as "name: numbers". A card may lack either."""
    cards = [card for card in elements(message.get("contacts")) if isinstance(card, dict)]
    if not cards:
        return None
    return Content(ContentType.TEXT, "\n".join(map(_card_line, cards)), metadata={"contacts": cards})


def _card_line(card: Json) -> str:
    name = mapping(card.get("name"))
    shown_name = text(name.get("formatted_name")) or text(name.get("first_name"))
    numbers = ", ".join(filter(None, map(_number, elements(card.get("phones")))))
    return ": ".join(part for part in (shown_name, numbers) if part) or "(empty contact)"


def _number(entry: Any) -> str | None:
    known = mapping(entry)
    return token(known.get("phone")) or token(known.get("wa_id"))


def learned_phone(message: Json) -> tuple[Identity, ...]:
    """The sender's own number, when this is their answer to a request for it (`origin: contact_request`)."""
    cards = list(map(mapping, elements(message.get("contacts"))))
    if not cards or "contact_request" not in (message.get("origin"), cards[0].get("origin")):
        return ()
    found = _first(phone(mapping(entry).get("wa_id")) for entry in elements(cards[0].get("phones")))
    return (found,) if found and found.kind is IdentityKind.WA_ID else ()


def _first(found: Iterable[Identity | None]) -> Identity | None:
    return next((identity for identity in found if identity is not None), None)


def order(message: Json, kind: str) -> Content | None:
    """A basket from the catalogue: the customer's own words, else the list of goods."""
    basket = mapping(message.get("order"))
    if not basket:
        return None
    items = [item for item in elements(basket.get("product_items")) if isinstance(item, dict)]
    goods = ", ".join(map(_order_line, items))
    shown = text(basket.get("text")) or (f"Order: {goods}" if goods else "Order")
    facts = present(catalog_id=token(basket.get("catalog_id")), product_items=items)
    return Content(ContentType.INTERACTIVE, shown, metadata={"order": facts, "interactive": {"type": "order"}})


def _order_line(item: Json) -> str:
    return f"{token(item.get('quantity')) or '?'} × {token(item.get('product_retailer_id')) or '?'}"
