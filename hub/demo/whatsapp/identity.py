"""How a customer appears to the business: phone number, business-scoped user id and username.

Source: Meta's page "Business-scoped user IDs" (2026). A customer with a username hides the phone number from every
business that had no contact with it in the last 30 days; the keys are then absent, not empty.
"""

from typing import Any

from attrs import define

from hub.demo.whatsapp.clock import DAY

PHONE_MEMORY = 30 * DAY


def digits(number: str) -> str:
    """The digits of a phone number in whatever notation."""
    return "".join(character for character in number if character in "0123456789")


@define
class Identity:
    """One person's addresses. `number` is what one dials, `wa_id` what WhatsApp says; they differ in Brazil and Mexico.

    `phone_contact_at` is when the business last had to do with the phone number itself.
    """

    number: str
    wa_id: str
    bsuid: str
    name: str
    username: str | None = None
    phone_contact_at: float = 0.0

    def shows_phone(self, now: float) -> bool:
        """Whether webhooks carry the phone number."""
        return self.username is None or now - self.phone_contact_at < PHONE_MEMORY

    def contact(self, now: float) -> dict[str, Any]:
        """The element of `contacts[]`."""
        profile = {"name": self.name} if self.username is None else {"name": self.name, "username": self.username}
        phone = {"wa_id": self.wa_id} if self.shows_phone(now) else {}
        return {"profile": profile, **phone, "user_id": self.bsuid}

    def sender(self, now: float) -> dict[str, str]:
        """The keys of a message that this person wrote."""
        phone = {"from": self.wa_id} if self.shows_phone(now) else {}
        return {**phone, "from_user_id": self.bsuid}

    def recipient(self, now: float) -> dict[str, str]:
        """The keys of a status about a message to this person."""
        phone = {"recipient_id": self.wa_id} if self.shows_phone(now) else {}
        return {**phone, "recipient_user_id": self.bsuid}
