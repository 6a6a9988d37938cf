"""An outgoing message as the body of `POST /{phone_number_id}/messages`.

Meta, "Send messages" and "Messages API reference". `to` gets a plus sign: without it WhatsApp puts the business's own
country code before the number.
"""

from typing import Any

from hub.errors import Invalid
from hub.inbound import Identity, IdentityKind, Outgoing
from hub.message import Content, Media
from hub.whatsapp.limits import CAPTIONED, MEDIA_KINDS, check, kind_of
from hub.whatsapp.payload import present
from hub.whatsapp.reference import reference


def render(outgoing: Outgoing) -> dict[str, Any]:
    """The request body. Raises `Invalid` when a limit is broken (`hub.whatsapp.limits.check`)."""
    check(outgoing)
    kind = kind_of(outgoing)
    body = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_recipient(outgoing.to),
        "type": kind,
        kind: _part(kind, outgoing),
        "biz_opaque_callback_data": reference(outgoing.message_id, outgoing.attempt),
    }
    if outgoing.reply_to:
        body["context"] = {"message_id": outgoing.reply_to}
    return body


def mark_read(wamid: str) -> dict[str, Any]:
    """Blue ticks for a customer's message and all before it. Meta wants it within 30 days."""
    return {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}


def typing(wamid: str) -> dict[str, Any]:
    """ "typing…" for the customer, until our message or for 25 seconds. It marks `wamid` as read too."""
    return {**mark_read(wamid), "typing_indicator": {"type": "text"}}


def _recipient(to: tuple[Identity, ...]) -> dict[str, str]:
    """The phone number when known, which every kind of message may be sent to; else the BSUID."""
    address = {identity.kind: identity.value for identity in reversed(to)}
    if digits := address.get(IdentityKind.WA_ID):
        return {"to": f"+{digits.removeprefix('+')}"}
    if user_id := address.get(IdentityKind.BSUID):
        return {"recipient": user_id}
    raise Invalid(errors=[{"path": "to", "message": "The customer has no WhatsApp address."}])


def _part(kind: str, outgoing: Outgoing) -> Any:
    if kind == "template":
        return _template(outgoing.template or {})
    if kind == "interactive":
        return outgoing.interactive
    if kind == "reaction":
        reaction = outgoing.reaction or {}
        return {"message_id": reaction.get("target"), "emoji": reaction.get("emoji")}
    content = outgoing.content
    assert content is not None  # check() refuses the rest
    if kind in MEDIA_KINDS:
        return _media(kind, content, content.media or Media())
    if kind == "text":
        return {"body": content.text, "preview_url": bool(content.metadata.get("preview_url", False))}
    return content.metadata[kind]


def _media(kind: str, content: Content, media: Media) -> dict[str, Any]:
    """An uploaded file goes by its id, else by its public address, never by both."""
    return present(
        id=media.provider_id,
        link=None if media.provider_id else media.url,
        caption=(content.text or None) if kind in CAPTIONED else None,
        filename=media.filename if kind == "document" else None,
        voice=True if kind == "audio" and content.metadata.get("voice") is True else None,
    )


def _template(template: dict[str, Any]) -> dict[str, Any]:
    """A language may be given as its bare code. `text`, what the customer reads, is ours and not sent."""
    sent = {name: value for name, value in template.items() if name != "text"}
    language = template.get("language")
    return {**sent, "language": {"code": language}} if isinstance(language, str) else sent
