"""Elements of `statuses[]`: how far a message that we sent has come.

Meta, "Webhooks: status messages". Order is not promised, `delivered` may be skipped, `failed` carries no contacts;
what applies is `hub.delivery`'s business.
"""

from typing import Any

from hub.delivery import DeliveryStatus
from hub.inbound import Inbound, Note, Party, StatusUpdate
from hub.whatsapp.change import Change
from hub.whatsapp.moment import moment
from hub.whatsapp.party import party
from hub.whatsapp.payload import Json, Unusable, elements, mapping, present, required_id, text, token

STATUSES: dict[str, DeliveryStatus] = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
}
"""Meta's words in ours. Others (`deleted`, `warning`, later ones) are kept as `raw_status` and change nothing."""


def read_status(element: Json, change: Change) -> Inbound:
    """What one status means. Raises `Unusable` (`no_id`, `id_too_long`, `no_status`)."""
    message_id = required_id(element, "id", "no_id")
    raw_status = text(element.get("status"))
    if raw_status is None:
        raise Unusable("no_status")
    at, _ = moment(element.get("timestamp"), change.now)
    if element.get("type") == "call":
        whom = party(change.directory, element.get("recipient_user_id"), element.get("recipient_id"))
        facts = present(id=message_id, status=raw_status, reference=text(element.get("biz_opaque_callback_data")))
        return Note(f"{message_id}:{raw_status}"[:512], "call_status", whom, at, facts)
    error = mapping(next(iter(elements(element.get("errors"))), None))
    return StatusUpdate(
        channel_message_id=message_id,
        status=STATUSES.get(raw_status),
        raw_status=raw_status,
        at=at,
        party=_recipient(element, change),
        reference=text(element.get("biz_opaque_callback_data")),
        error_code=token(error.get("code")),
        error_text=error_text(error),
        pricing=element["pricing"] if isinstance(element.get("pricing"), dict) else None,
        metadata=_facts(element),
    )


def error_text(error: Json) -> str | None:
    """The most telling sentence of an error: its details, else its message, else its title."""
    details = mapping(error.get("error_data")).get("details")
    return text(details) or text(error.get("message")) or text(error.get("title"))


def _recipient(element: Json, change: Change) -> Party | None:
    """Whom the message went to. In a group the recipient is the group and the participant is the person."""
    role = "recipient_participant" if element.get("recipient_type") == "group" else "recipient"
    try:
        return party(change.directory, element.get(f"{role}_user_id"), element.get(f"{role}_id"))
    except Unusable:
        return None


def _facts(element: Json) -> dict[str, Any]:
    errors = elements(element.get("errors"))
    facts = present(
        conversation=element.get("conversation"),
        recipient_type=text(element.get("recipient_type")),
        errors=errors if len(errors) > 1 else None,
    )
    return {"wa": facts} if facts else {}
