"""A webhook's body as the list of what it says.

Meta, "Webhooks: components" and "Create a webhook endpoint": up to 1000 updates and 3 MB per request, retried for a
week unless answered with 200. So nothing here may raise: an element that makes no sense is quarantined, alone.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from attrs import frozen

from hub.inbound import Inbound, Quarantined
from hub.whatsapp import account
from hub.whatsapp.change import Change
from hub.whatsapp.echo import read_echo
from hub.whatsapp.inbound import read_message
from hub.whatsapp.payload import Json, Unusable, decode
from hub.whatsapp.status import read_status

OBJECT = "whatsapp_business_account"

Reader = Callable[[Json, Change], Inbound]

ERRORS: tuple[str, Reader] = ("errors", account.read_error)
FIELDS: dict[str, tuple[tuple[str, Reader], ...]] = {
    "messages": (("messages", read_message), ("statuses", read_status), ERRORS),
    "smb_message_echoes": (("message_echoes", read_echo), ERRORS),
    "calls": (("calls", account.read_call), ("statuses", read_status), ERRORS),
    "user_preferences": (("user_preferences", account.read_preference), ERRORS),
    "user_id_update": (("user_id_update", account.read_user_id_update), ERRORS),
    "history": (("history", account.read_history), ERRORS),
    "smb_app_state_sync": (("state_sync", account.read_state_sync), ERRORS),
    "group_lifecycle_update": (("groups", account.read_group), ERRORS),
    "group_participants_update": (("groups", account.read_group), ERRORS),
    "group_settings_update": (("groups", account.read_group), ERRORS),
    "group_status_update": (("groups", account.read_group), ERRORS),
}
"""Per field, the arrays of its `value` and who reads their elements. Any other field is the account's."""


@frozen
class Delivery:
    """One item and whose it is: by the number's id, or by the account's where no number is named."""

    phone_number_id: str | None
    waba_id: str | None
    item: Inbound


@frozen
class Parsed:
    """Everything a body said, in its order. Empty only for a body whose lists are empty."""

    items: tuple[Delivery, ...]


def parse(body: bytes, now: datetime) -> Parsed:
    """What a webhook's body says. Total: any bytes give an answer.

    A body that is no JSON object of WhatsApp's becomes one `Quarantined`, whose data is what was readable of it.
    """
    try:
        document = decode(body)
    except ValueError:
        return _refused("not_json", body.decode("utf-8", "replace").replace("\0", ""))
    if not isinstance(document, dict):
        return _refused("not_an_object", document)
    if document.get("object") != OBJECT:
        return _refused("unknown_object", document)
    if not isinstance(document.get("entry"), list):
        return _refused("no_entry", document)
    return Parsed(tuple(delivery for entry in document["entry"] for delivery in _entry(entry, now)))


def _refused(reason: str, data: Any) -> Parsed:
    return Parsed((Delivery(None, None, Quarantined(reason, data)),))


def _entry(entry: Any, now: datetime) -> Iterator[Delivery]:
    changes = entry.get("changes") if isinstance(entry, dict) else None
    if not isinstance(changes, list):
        yield Delivery(None, None, Quarantined("no_changes", entry))
        return
    for raw in changes:
        if not isinstance(raw, dict) or not isinstance(raw.get("value"), dict):
            yield Delivery(None, None, Quarantined("no_value", raw))
            continue
        change = Change.of(entry, raw, now)
        for item in _change(change):
            yield Delivery(change.phone_number_id, change.waba_id, item)


def _change(change: Change) -> Iterator[Inbound]:
    arrays = FIELDS.get(change.field)
    if arrays is None:
        yield account.read_account(change)
        return
    value, known = change.value, False
    for key, reader in arrays:
        if key not in value:
            continue
        found, known = value[key], True
        if isinstance(found, list):
            for element in found:
                yield _isolated(reader, element, change)
        else:
            yield Quarantined(f"{key}_not_a_list", found)
    if not known:
        yield Quarantined("nothing_known", dict(value))


def _isolated(reader: Reader, element: Any, change: Change) -> Inbound:
    if not isinstance(element, dict):
        return Quarantined("not_an_object", element)
    try:
        return reader(element, change)
    except Unusable as unusable:
        return Quarantined(unusable.reason, element)
    except Exception:
        # A mistake of ours must cost this element only, and not be redelivered with its batch for a week. The
        # quarantine is counted and looked at, so the mistake is not hidden.
        return Quarantined("parser_error", element)
