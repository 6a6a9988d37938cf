"""Who a webhook speaks about: the addresses and the name of a customer, gathered from an element and its contacts.

Meta, "Business-scoped user IDs" (2026): every user has a BSUID; the phone number is left out for users with a username
whom the business does not know otherwise. Some senders put the BSUID where the phone number belongs.
"""

import re
from collections.abc import Iterable
from typing import Any

from attrs import frozen

from hub.inbound import Identity, IdentityKind, Party
from hub.whatsapp.payload import Json, Unusable, mapping, text, token

IDENTITY_LIMIT = 256
"""Characters of one address; a longer one is no address (the longest real one is a parent BSUID of ~135)."""
NAME_LIMIT = 256
"""Characters of a display name; the rest is cut off. WhatsApp allows 25."""

BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")


@frozen
class Directory:
    """The `contacts` of one change, found by either address."""

    by_address: dict[str, Json]
    only: Json | None

    @classmethod
    def of(cls, contacts: Iterable[Any]) -> "Directory":
        """Index a `contacts` array; what is no object in it is passed over."""
        known = [contact for contact in contacts if isinstance(contact, dict)]
        by_address: dict[str, Json] = {}
        for contact in known:
            for key in ("wa_id", "user_id"):
                if address := token(contact.get(key)):
                    by_address[address] = contact
        return cls(by_address, known[0] if len(known) == 1 else None)

    def find(self, user_id: str | None, phone: str | None) -> Json:
        """The contact with one of these addresses; else the single contact, unless it is plainly somebody else."""
        for address in (user_id, phone):
            if address is not None and (found := self.by_address.get(address)):
                return found
        if self.only is None or _differs(self.only, "user_id", user_id) or _differs(self.only, "wa_id", phone):
            return {}
        return self.only


def _differs(contact: Json, key: str, address: str | None) -> bool:
    known = token(contact.get(key))
    return address is not None and known is not None and known != address


def bsuid(value: Any) -> Identity | None:
    """The identity in a field that holds BSUIDs."""
    address = token(value)
    return Identity(IdentityKind.BSUID, address) if address and len(address) <= IDENTITY_LIMIT else None


def phone(value: Any) -> Identity | None:
    """The identity in a field that should hold a phone number, but may hold a BSUID."""
    address = token(value)
    if not address or len(address) > IDENTITY_LIMIT:
        return None
    if address[0].isalpha() and BSUID.fullmatch(address):
        return Identity(IdentityKind.BSUID, address)
    digits = address.removeprefix("+")
    return Identity(IdentityKind.WA_ID, digits) if digits else None


def identities(user_ids: Iterable[Any], phones: Iterable[Any]) -> tuple[Identity, ...]:
    """At most one identity of each kind, BSUID first; of several values of a kind the first one counts."""
    user_id = number = None
    for value in user_ids:
        if value is not None:
            user_id = user_id or bsuid(value)
    before = None
    for value in phones:
        if value is None or value == before:
            continue  # most often the contact repeats what the message says
        found, before = phone(value), value
        if found is None:
            continue
        if found.kind is IdentityKind.BSUID:
            user_id = user_id or found
        else:
            number = number or found
    return tuple(identity for identity in (user_id, number) if identity is not None)


def party(directory: Directory, user_id: Any, phone_number: Any) -> Party:
    """The customer with these addresses, completed from the contacts. Raises `Unusable("no_sender")` without any."""
    contact = directory.find(token(user_id), token(phone_number))
    addresses = identities((user_id, contact.get("user_id")), (phone_number, contact.get("wa_id")))
    if not addresses:
        raise Unusable("no_sender")
    profile = mapping(contact.get("profile"))
    told = {"username": profile.get("username")}
    told |= {key: contact.get(key) for key in ("parent_user_id", "identity_key_hash")}
    attributes = {key: said for key, value in told.items() if value is not None and (said := text(value))}
    return Party(addresses, _name(profile.get("name")), attributes)


def _name(value: Any) -> str | None:
    return value.strip()[:NAME_LIMIT] or None if isinstance(value, str) else None
