"""Everything a webhook says that is neither message nor status: calls, preferences, changed addresses, the account.

Meta, "Webhooks" (one page per field). Fields that this hub does not know are the account's business too: stored as
`AccountEvent`, never refused.
"""

from hub.inbound import AccountEvent, IdentityChange, Ignored, Note
from hub.whatsapp.change import Change
from hub.whatsapp.moment import moment
from hub.whatsapp.party import identities, party
from hub.whatsapp.payload import ID_LIMIT, Json, Unusable, mapping, present, required_id, text, token

MARKETING_NOTES = {"stop": "marketing_opt_out", "resume": "marketing_opt_in", "signup": "marketing_opt_in"}


def read_account(change: Change) -> AccountEvent:
    """A whole change as word about the account. `event` is what the field calls its event, if it does."""
    return AccountEvent(change.field, text(change.value.get("event")), dict(change.value), change.at)


def read_error(error: Json, change: Change) -> AccountEvent:
    """An element of `value.errors[]`: a failure of the app or the number, not of one message."""
    return AccountEvent("errors", token(error.get("code")), dict(error), change.at)


def read_group(element: Json, change: Change) -> Ignored:
    """Groups have no place in one-to-one conversations; only that something came is counted."""
    return Ignored("group", present(field=change.field, type=text(element.get("type"))))


def read_history(element: Json, change: Change) -> Ignored:
    """A piece of the phone app's past. Importing it is not the inbox's job."""
    return Ignored("history", {"field": change.field})


def read_state_sync(element: Json, change: Change) -> Ignored:
    """The phone app's address book."""
    return Ignored("state_sync", {"field": change.field})


def read_call(call: Json, change: Change) -> Note:
    """A step of a call. A user's own call opens the window, from the moment it rings."""
    call_id = required_id(call, "id", "no_id")
    event = text(call.get("event")) or "event"
    by_user = call.get("direction") == "USER_INITIATED"
    side = "from" if by_user else "to"
    number = token(call.get(side))
    whom = party(change.directory, call.get(f"{side}_user_id"), None if number == change.business_phone else number)
    facts = present(
        id=call_id,
        event=event,
        direction=text(call.get("direction")),
        status=text(call.get("status")),
        duration=call.get("duration"),
        reference=text(call.get("biz_opaque_callback_data")),
    )
    at, _ = moment(call.get("timestamp"), change.now)
    return Note(_event_id(call_id, event), "call", whom, at, facts, by_user and event == "connect")


def read_preference(element: Json, change: Change) -> Note:
    """A customer's wish about marketing messages."""
    whom = party(change.directory, element.get("user_id"), element.get("wa_id"))
    at, _ = moment(element.get("timestamp"), change.now)
    value = text(element.get("value")) or "unknown"
    facts = present(value=value, category=text(element.get("category")), detail=text(element.get("detail")))
    stamp = token(element.get("timestamp")) or ""
    event_id = _event_id("user_preferences", whom.identities[0].value, stamp, value)
    return Note(event_id, MARKETING_NOTES.get(value, "marketing_preference"), whom, at, facts)


def read_user_id_update(element: Json, change: Change) -> IdentityChange:
    """A customer's BSUID was replaced, usually because the phone number changed. Raises `Unusable("no_new_id")`."""
    user_id = mapping(element.get("user_id"))
    previous, current = token(user_id.get("previous")), token(user_id.get("current"))
    if current is None:
        raise Unusable("no_new_id")
    whom = party(change.directory, previous, element.get("wa_id"))
    at, _ = moment(element.get("timestamp"), change.now)
    event_id = _event_id("user_id_update", previous or "", current)
    now_known = identities((current,), (element.get("wa_id"),))
    return IdentityChange(event_id, whom, now_known, "user_id_update", text(element.get("detail")), at)


def _event_id(*parts: str) -> str:
    """An id made of what is told apart, for events that have none of their own."""
    return ":".join(parts)[:ID_LIMIT]
