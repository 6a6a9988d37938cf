"""What Graph decides about a message: refuse it, accept it, or accept it and report a failure later.

Order of the checks: form, template, medium, throughput, opt-out, window. Meta's varies and promises none.
"""

from typing import Any

from attrs import frozen

from hub.demo.whatsapp.carrier import Carrier
from hub.demo.whatsapp.customers import Customer, Customers
from hub.demo.whatsapp.envelope import Update
from hub.demo.whatsapp.errors import GraphError
from hub.demo.whatsapp.identity import digits
from hub.demo.whatsapp.ledger import Send
from hub.demo.whatsapp.media import MediaStore
from hub.demo.whatsapp.surroundings import Surroundings
from hub.demo.whatsapp.templates import Template, Templates, rendered
from hub.demo.whatsapp.throttle import Throttle
from hub.demo.whatsapp.validation import MEDIA, check_message

WINDOW_CLOSED, UNDELIVERABLE, STOPPED, USER_ID_REFUSED = 131047, 131026, 131050, 131062

Json = dict[str, Any]


@frozen
class Accepted:
    """An accepted message and Graph's answer. `announced` is the early `sent` status, when one was asked for."""

    send: Send
    answer: Json
    announced: Update | None = None


class Acceptance:
    """The judge of `POST /{phone_number_id}/messages`."""

    def __init__(
        self,
        world: Surroundings,
        customers: Customers,
        templates: Templates,
        media: MediaStore,
        throttle: Throttle,
        carrier: Carrier,
    ) -> None:
        self._world, self._customers, self._templates = world, customers, templates
        self._media, self._throttle, self._carrier = media, throttle, carrier

    def addresses(self, message: Json) -> set[str]:
        """Every address of whom a message is for."""
        address = self.recipient(message)
        customer = self._customers.find(address)
        return {address} if customer is None else {address, customer.number, customer.wa_id, customer.bsuid}

    def recipient(self, message: Json) -> str:
        """Whom a message is for: the number that is really dialled, or the user id. `to` wins over `recipient`."""
        to = str(message.get("to") or "")
        if not to:
            return str(message.get("recipient") or "")
        needs_country = self._world.habits.prepend_country and not to.startswith("+")
        return (self._world.account.country_code if needs_country else "") + digits(to)

    def accept(self, message: Json, *, failure: int | None = None, announce: bool = False) -> Accepted:
        """Take a message and set it on its way. Raises GraphError if it is refused.

        `failure`: report this code later, whatever the message. `announce`: report `sent` before returning.
        """
        check_message(message)
        address = self.recipient(message)
        if address == self._world.account.display_phone_number:
            raise GraphError(131021)
        template = self._templates.check(message["template"]) if message.get("type") == "template" else None
        self._check_file(message)
        customer = self._customers.find(address)
        self._throttle.check(customer.bsuid if customer else address)
        if customer is not None:
            self._check_consent(customer, template, message)
        send = self._record(message, address, customer, template)
        failure = failure or self._later_failure(customer, template, send)
        announced = self._dispatch(send, customer, failure, announce)
        return Accepted(send, _answer(message, address, customer, send, template), announced)

    def _check_file(self, message: Json) -> None:
        kind = message.get("type")
        if kind not in MEDIA:
            return
        media_id = message[kind].get("id")
        if media_id and self._media.get(str(media_id)) is None:
            raise GraphError(131009, f"Media ID {media_id} not found or expired.")

    def _check_consent(self, customer: Customer, template: Template | None, message: Json) -> None:
        if template is None:
            is_shut = self._world.habits.refuse_closed_window and not customer.window_is_open()
            if is_shut:
                raise GraphError(WINDOW_CLOSED)
        elif template.category == "MARKETING" and customer.stopped_marketing:
            raise GraphError(STOPPED)
        elif template.category == "AUTHENTICATION" and not message.get("to"):
            raise GraphError(USER_ID_REFUSED)

    def _record(self, message: Json, address: str, customer: Customer | None, template: Template | None) -> Send:
        world, now = self._world, self._world.clock.now()
        to_phone = bool(message.get("to"))
        wa_id = (customer.wa_id if customer else address) if to_phone or customer else None
        bsuid = customer.bsuid if customer else (None if to_phone else address)
        wamid = world.ids.wamid(wa_id or address, outbound=True)
        send = Send(world.ledger.next_order(), now, message, wamid, wa_id, bsuid)
        if template is not None:
            send.category = template.category.lower()
            send.shown = rendered(template, message["template"])
        if customer is not None and to_phone:
            customer.identity.phone_contact_at = now
        world.ledger.record_send(send)
        return send

    def _later_failure(self, customer: Customer | None, template: Template | None, send: Send) -> int | None:
        if customer is None:
            return UNDELIVERABLE
        return None if template is not None or customer.window_is_open() else WINDOW_CLOSED

    def _dispatch(self, send: Send, customer: Customer | None, failure: int | None, announce: bool) -> Update | None:
        if failure is not None or customer is None:
            self._carrier.fail(send, failure or UNDELIVERABLE, customer)
            return None
        if not announce:
            self._carrier.carry(send, customer)
            return None
        announced = self._carrier.sent(send, customer)
        self._carrier.deliver(send, customer)
        return announced


def _answer(message: Json, address: str, customer: Customer | None, send: Send, template: Template | None) -> Json:
    """`contacts[].input` is what was asked for, `wa_id` or `user_id` what WhatsApp made of it."""
    if message.get("to"):
        contact = {"input": message["to"], "wa_id": customer.wa_id if customer else address}
    else:
        contact = {"input": message["recipient"], "user_id": address}
    accepted = {"message_status": "accepted"} if template is not None else {}
    return {
        "messaging_product": "whatsapp",
        "contacts": [contact],
        "messages": [{"id": send.wamid, **accepted}],
    }
