"""A customer's element of `messages[]` as what it means: a message, or a change to one, or word about the customer.

Meta, "Webhooks: messages reference". Edits and deletions only come to numbers that are also used in the phone app.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from attrs import frozen

from hub.inbound import Edit, IdentityChange, Ignored, Inbound, InboundMessage, Note, Party, Reaction, Revoke
from hub.whatsapp.change import Change
from hub.whatsapp.content import content_of, kind_of
from hub.whatsapp.moment import moment
from hub.whatsapp.party import identities, party
from hub.whatsapp.payload import Json, elements, mapping, optional_id, present, required_id, text, token
from hub.whatsapp.rich import learned_phone

EMOJI_LIMIT = 64
"""Characters of a reaction; the rest is cut off. The longest real emoji has 14."""

IDENTITY_CHANGES = frozenset({"user_changed_number", "user_changed_user_id", "customer_changed_number"})
SECURITY_CHANGES = frozenset({"customer_identity_changed", "user_identity_changed"})

_FROM_TO = re.compile(r"changed from (\S+) to (\S+?)\.?$")


@frozen
class Head:
    """What every element says first: its id, who it concerns and when. `flag` as in `InboundMessage.clock_flag`."""

    id: str
    party: Party
    at: datetime
    flag: str | None


def read_head(element: Json, change: Change, user_id: Any, phone_number: Any) -> Head:
    """Raises `Unusable` (`no_id`, `id_too_long`, `no_sender`)."""
    event_id = required_id(element, "id", "no_id")
    at, flag = moment(element.get("timestamp"), change.now)
    return Head(event_id, party(change.directory, user_id, phone_number), at, flag)


def read_message(message: Json, change: Change) -> Inbound:
    """What one element of `messages[]` means. Raises `Unusable`."""
    kind = kind_of(message)
    if message.get("group_id") is not None:
        return Ignored("group", {"field": change.field, "type": kind})
    if kind == "system":
        return _system(message, change)
    head = read_head(message, change, message.get("from_user_id"), message.get("from"))
    event = EVENTS.get(kind)
    found = event(message, head) if event else None
    return found or _message(message, head, kind, change)


def _message(message: Json, head: Head, kind: str, change: Change) -> InboundMessage:
    content = content_of(message, kind)
    facts = facts_of(message, kind, head.flag)
    if content.metadata.get("unsupported") and "errors" not in facts:
        facts |= present(errors=elements(change.value.get("errors")) or None)
    return InboundMessage(
        channel_message_id=head.id,
        party=head.party,
        at=head.at,
        content=content,
        reply_to=reply_target(message),
        metadata={"wa": facts},
        learned=learned_phone(message) if kind == "contacts" else (),
        clock_flag=head.flag,
    )


def facts_of(message: Json, kind: str, clock_flag: str | None = None) -> dict[str, Any]:
    """WhatsApp's own facts about a message, kept under `metadata.wa`. Addresses are not repeated there."""
    facts: dict[str, Any] = {"type": kind}
    context = message.get("context")
    if isinstance(context, dict):
        facts["context"] = {key: value for key, value in context.items() if key != "from"}
        facts |= {key: True for key in ("forwarded", "frequently_forwarded") if context.get(key) is True}
    facts |= {key: value for key in ("referral", "errors") if (value := message.get(key)) is not None}
    if clock_flag:
        facts["timestamp"] = message.get("timestamp")
    return facts


def reply_target(message: Json) -> str | None:
    """The id of the message that this one quotes or answers."""
    context = message.get("context")
    return None if context is None else optional_id(mapping(context).get("id"))


def _reaction(message: Json, head: Head) -> Reaction:
    """An empty and a missing emoji both take the reaction back."""
    reaction = mapping(message.get("reaction"))
    target = required_id(reaction, "message_id", "no_target")
    emoji = text(reaction.get("emoji"))
    return Reaction(head.id, target, head.party, emoji[:EMOJI_LIMIT] if emoji else None, head.at)


def read_edit(message: Json, head: Head, *, by_business: bool = False) -> Edit:
    """New text or caption for an earlier message. Raises `Unusable("no_target")`."""
    edit = mapping(message.get("edit"))
    target = required_id(edit, "original_message_id", "no_target")
    inner = mapping(edit.get("message"))
    return Edit(head.id, target, head.party, content_of(inner, kind_of(inner)), head.at, by_business)


def read_revoke(message: Json, head: Head, *, by_business: bool = False) -> Revoke:
    """An earlier message deleted for everyone. Raises `Unusable("no_target")`."""
    target = required_id(mapping(message.get("revoke")), "original_message_id", "no_target")
    return Revoke(head.id, target, head.party, head.at, by_business)


def _request_welcome(message: Json, head: Head) -> Note:
    """The customer opened the chat for the first time; this alone opens the window."""
    return Note(head.id, "request_welcome", head.party, head.at, opens_window=True)


def _interactive(message: Json, head: Head) -> Note | None:
    """The answer to "may we call you?" is no message; all other interactive answers are."""
    interactive = mapping(message.get("interactive"))
    if interactive.get("type") != "call_permission_reply":
        return None
    answer = mapping(interactive.get("call_permission_reply"))
    facts = present(
        response=text(answer.get("response")),
        source=text(answer.get("response_source")),
        expires=answer.get("expiration_timestamp"),
    )
    return Note(head.id, "call_permission", head.party, head.at, facts)


def _unsupported(message: Json, head: Head) -> Note | None:
    """An edit that this number cannot receive: the agent should at least know that there was one."""
    if mapping(message.get("unsupported")).get("type") != "edit":
        return None
    return Note(head.id, "message_edited", head.party, head.at)


EVENTS: dict[str, Callable[[Json, Head], Inbound | None]] = {
    "reaction": _reaction,
    "edit": read_edit,
    "revoke": read_revoke,
    "request_welcome": _request_welcome,
    "interactive": _interactive,
    "unsupported": _unsupported,
}


def _system(message: Json, change: Change) -> IdentityChange | Note:
    """Word from WhatsApp about the customer. It carries no contacts, and `from` may be missing."""
    system = mapping(message.get("system"))
    reason, said = text(system.get("type")) or "system", text(system.get("body"))
    now_known = identities((system.get("user_id"),), (system.get("wa_id"), system.get("new_wa_id")))
    old = _previous_address(said, {identity.value for identity in now_known})
    user_id, phone_number = message.get("from_user_id"), message.get("from") or system.get("customer")
    if not (user_id or phone_number):
        phone_number = old
    head = read_head(message, change, user_id, phone_number)
    if reason in IDENTITY_CHANGES and now_known:
        return IdentityChange(head.id, head.party, now_known, reason, said, head.at)
    kind = "security_change" if reason in SECURITY_CHANGES else "system"
    facts = present(type=reason, text=said, identity=message.get("identity"))
    return Note(head.id, kind, head.party, head.at, facts)


def _previous_address(said: str | None, now_known: set[str]) -> str | None:
    """The old address at the end of "User N changed from OLD to NEW", believed only if NEW is what the fields say.

    N is the customer's own words, so nothing but the end of the sentence counts.
    """
    found = _FROM_TO.search(said) if said else None
    return token(found[1]) if found and found[2] in now_known else None
