"""Webhook bodies around single elements, as WhatsApp wraps them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.inbound import Inbound
from hub.whatsapp.webhook import parse

PHONE, USER_ID = "351210000009", "PT.77"


@pytest.fixture
def now() -> datetime:
    """A moment shortly after the fixtures' timestamps."""
    return datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def webhook() -> Callable[..., bytes]:
    """The body of a webhook with the given changes."""

    def build(*changes: dict[str, Any], **entry: Any) -> bytes:
        whole = {"object": "whatsapp_business_account", "entry": [{"id": "500", "changes": list(changes), **entry}]}
        return json.dumps(whole).encode()

    return build


@pytest.fixture
def read_change(webhook: Callable[..., bytes], now: datetime) -> Callable[..., list[Inbound]]:
    """The items that the given changes become."""

    def read(*changes: dict[str, Any]) -> list[Inbound]:
        return [delivery.item for delivery in parse(webhook(*changes), now).items]

    return read


@pytest.fixture
def read_message(read_change: Callable[..., list[Inbound]]) -> Callable[..., Inbound]:
    """The item that one element of `messages[]` becomes; `changed` overrides its keys, None removes one."""

    def read(message: dict[str, Any], contacts: list[Any] | None = None, **changed: Any) -> Inbound:
        whole = {"id": "wamid.IN", "from": PHONE, "timestamp": "1780000000", **message, **changed}
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "442079460000", "phone_number_id": "700"},
            "contacts": [{"profile": {"name": "Ana"}, "wa_id": PHONE, "user_id": USER_ID}]
            if contacts is None
            else contacts,
            "messages": [{key: part for key, part in whole.items() if part is not None}],
        }
        (item,) = read_change({"field": "messages", "value": value})
        return item

    return read


@pytest.fixture
def read_status(read_change: Callable[..., list[Inbound]]) -> Callable[..., Inbound]:
    """The item that one element of `statuses[]` becomes."""

    def read(status: dict[str, Any], contacts: list[Any] | None = None) -> Inbound:
        value = {"metadata": {"phone_number_id": "700"}, "contacts": contacts or [], "statuses": [status]}
        (item,) = read_change({"field": "messages", "value": value})
        return item

    return read
