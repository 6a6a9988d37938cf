"""What becomes of a sent message, told to the business: Meta's page "Status messages webhook", version 24 and later.

There is no `conversation` any more; `pricing` comes with `sent` and with the first of `delivered` and `read`;
`contacts` come with all but `failed`; `biz_opaque_callback_data` comes with all.
"""

from typing import Any

from hub.demo.whatsapp.envelope import MESSAGES, Update
from hub.demo.whatsapp.errors import webhook_error
from hub.demo.whatsapp.identity import Identity
from hub.demo.whatsapp.ledger import Send
from hub.demo.whatsapp.surroundings import Surroundings
from hub.demo.whatsapp.webhooks import Webhooks


class Statuses:
    """The reporter of statuses."""

    def __init__(self, world: Surroundings, webhooks: Webhooks) -> None:
        self._world = world
        self._webhooks = webhooks

    def report(self, send: Send, status: str, identity: Identity, *, priced: bool = False) -> Update:
        """Say that a message is `sent`, `delivered`, `read` or `played`."""
        value = self.compose(send, status, identity, priced=priced)
        return self._tell(send, status, value)

    def compose(self, send: Send, status: str, identity: Identity, *, priced: bool = False) -> dict[str, Any]:
        """The same as a webhook's value, not sent."""
        now = self._world.clock.now()
        said = {**self._head(send, status), **identity.recipient(now), **_echo(send)}
        if priced:
            said["pricing"] = pricing(send)
        return {"contacts": [identity.contact(now)], "statuses": [said]}

    def report_failure(self, send: Send, code: int, identity: Identity | None = None) -> Update:
        """Say that a message `failed`. Addressed to a phone number it names no user id, as Meta's does."""
        recipient = {"recipient_id": send.wa_id} if send.body.get("to") else {"recipient_user_id": send.bsuid}
        errors = [webhook_error(code)]
        said = {**self._head(send, "failed"), **recipient, **_echo(send), "errors": errors}
        contacts = {}
        if identity is not None and self._world.habits.contacts_on_failures:
            contacts = {"contacts": [identity.contact(self._world.clock.now())]}
        return self._tell(send, "failed", {**contacts, "statuses": [said]})

    def _head(self, send: Send, status: str) -> dict[str, Any]:
        return {"id": send.wamid, "status": status, "timestamp": self._world.clock.timestamp()}

    def _tell(self, send: Send, status: str, value: dict[str, Any]) -> Update:
        send.statuses.append(status)
        self._world.feed.publish("status", send.wa_id or "", wamid=send.wamid, status=status)
        return self._webhooks.emit(Update(MESSAGES, value))


def pricing(send: Send) -> dict[str, Any]:
    """Per-message pricing: since October 2026 service messages are regular ones too (Meta's page "Pricing")."""
    return {"billable": True, "pricing_model": "PMP", "type": "regular", "category": send.category}


def _echo(send: Send) -> dict[str, str]:
    return {} if send.opaque is None else {"biz_opaque_callback_data": send.opaque}
