"""Places, contact cards and orders with pieces missing."""

from typing import Any

import pytest

from hub.inbound import Identity, IdentityKind
from hub.whatsapp import rich


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ({"latitude": 1, "longitude": 2}, "(1, 2)"),
        ({"latitude": 0, "longitude": -0.5, "name": "N"}, "N (0, -0.5)"),
        ({"latitude": "x", "longitude": 2, "address": "A"}, "A"),
        ({"latitude": True, "longitude": 2, "name": "N"}, "N"),
        ({"latitude": float("inf"), "longitude": 2, "name": "N"}, "N"),
    ],
)
def test_places(place: dict[str, Any], shown: str) -> None:
    found = rich.location({"location": place}, "location")
    assert found is not None
    assert found.text == shown


def test_no_place_is_nothing() -> None:
    assert rich.location({"location": {"latitude": 1}}, "location") is None


def test_a_place_keeps_its_facts() -> None:
    found = rich.location({"location": {"latitude": 0.0, "longitude": 0.0, "url": "https://x.example"}}, "location")
    assert found is not None
    assert found.metadata["location"] == {"latitude": 0.0, "longitude": 0.0, "url": "https://x.example"}


@pytest.mark.parametrize(
    ("card", "line"),
    [
        ({}, "(empty contact)"),
        ({"name": {"first_name": "Ana"}}, "Ana"),
        ({"phones": [{"wa_id": "351"}, {}, None, 5]}, "351"),
        ({"name": "x", "phones": {"phone": "1"}}, "(empty contact)"),
    ],
)
def test_cards(card: dict[str, Any], line: str) -> None:
    found = rich.contacts({"contacts": [card, "junk"]}, "contacts")
    assert found is not None
    assert found.text == line
    assert found.metadata["contacts"] == [card]


def test_only_a_requested_card_teaches_a_number() -> None:
    card = {"phones": [{"phone": "+1"}, {"wa_id": "351210000004"}]}
    learned = (Identity(IdentityKind.WA_ID, "351210000004"),)
    assert rich.learned_phone({"origin": "contact_request", "contacts": [card]}) == learned
    assert rich.learned_phone({"contacts": [{**card, "origin": "contact_request"}]}) == learned
    assert rich.learned_phone({"origin": "other", "contacts": [card]}) == ()
    assert rich.learned_phone({"origin": "contact_request", "contacts": []}) == ()


def test_an_order_with_odd_items() -> None:
    found = rich.order({"order": {"product_items": [{}, 5, {"quantity": 3}]}}, "order")
    assert found is not None
    assert found.text == "Order: ? × ?, 3 × ?"
