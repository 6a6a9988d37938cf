"""What the HTTP answer to a send means: accepted, refused, or nobody knows.

Meta, "Send messages" and "Error codes": a success has `messages[0].id`, a refusal `error.code`; HTTP statuses and
titles change and mean nothing. There is no idempotency key and no query by our own id, so an answer that is neither
must not lead to another send: the status webhook with our reference settles it.
"""

from typing import Any

from attrs import frozen

from hub.whatsapp.payload import Json, decode, elements, mapping, optional_id, text
from hub.whatsapp.status import error_text

DETAILS_LIMIT = 1000
"""Characters kept of Meta's explanation; the rest is cut off."""


@frozen
class Accepted:
    """WhatsApp took the message. `message_status` is for templates: `accepted`, `held_for_quality_assessment`,
    `paused`. `wa_id` may differ from the number that was dialled (Brazil, Mexico); statuses will use it."""

    wamid: str
    wa_id: str | None = None
    user_id: str | None = None
    message_status: str | None = None


@frozen
class Refused:
    """WhatsApp did not take it; `hub.whatsapp.refusals` says what follows from `code`. `is_transient` is Meta's own
    word, or a 5xx."""

    code: int
    details: str | None = None
    is_transient: bool = False


@frozen
class Ambiguous:
    """It may or may not have been sent. `reason`: `not_json`, `no_id` or `http_<status>`."""

    reason: str


Answer = Accepted | Refused | Ambiguous


def read_answer(status: int, content_type: str, body: bytes) -> Answer:
    """What the answer to `POST /{phone_number_id}/messages` means. Total over any bytes.

    `content_type` only helps to tell a proxy's page apart: Graph has sent JSON as `text/javascript`.
    """
    document = None if content_type.partition(";")[0].strip().lower() == "text/html" else _json(body)
    succeeded = 200 <= status < 300
    if succeeded and (accepted := _accepted(document)):
        return accepted
    error = mapping(document.get("error")) if document is not None else {}
    code = error.get("code")
    if isinstance(code, int) and not isinstance(code, bool):
        said = error_text(error)
        transient = error.get("is_transient") is True or status >= 500
        return Refused(code, said[:DETAILS_LIMIT] if said else None, transient)
    if not succeeded:
        return Ambiguous(f"http_{status}")
    return Ambiguous("not_json" if document is None else "no_id")


def _json(body: bytes) -> Json | None:
    try:
        document: Any = decode(body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _accepted(document: Json | None) -> Accepted | None:
    if document is None:
        return None
    message = mapping(next(iter(elements(document.get("messages"))), None))
    contact = mapping(next(iter(elements(document.get("contacts"))), None))
    wamid = optional_id(message.get("id"))
    if wamid is None:
        return None
    return Accepted(
        wamid,
        optional_id(contact.get("wa_id")),
        optional_id(contact.get("user_id")),
        text(message.get("message_status")),
    )
