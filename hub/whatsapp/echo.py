"""Elements of `message_echoes[]`: what the company itself sent from its WhatsApp Business phone app.

Meta, "Onboarding WhatsApp Business app users" (field `smb_message_echoes`): shaped like a message, but `from` is the
business and `to` the customer.
"""

from hub.inbound import EchoedMessage, Ignored, Inbound, Note
from hub.whatsapp.change import Change
from hub.whatsapp.content import content_of, kind_of
from hub.whatsapp.inbound import facts_of, read_edit, read_head, read_revoke, reply_target
from hub.whatsapp.payload import Json, mapping, present, text


def read_echo(message: Json, change: Change) -> Inbound:
    """What one echo means. Raises `Unusable`."""
    kind = kind_of(message)
    if message.get("group_id") is not None:
        return Ignored("group", {"field": change.field, "type": kind})
    head = read_head(message, change, message.get("to_user_id"), message.get("to"))
    if kind == "edit":
        return read_edit(message, head, by_business=True)
    if kind == "revoke":
        return read_revoke(message, head, by_business=True)
    if kind == "reaction":
        reaction = mapping(message.get("reaction"))
        facts = present(target=text(reaction.get("message_id")), emoji=text(reaction.get("emoji")))
        return Note(head.id, "business_reaction", head.party, head.at, facts)
    return EchoedMessage(
        channel_message_id=head.id,
        party=head.party,
        at=head.at,
        content=content_of(message, kind),
        reply_to=reply_target(message),
        metadata={"wa": facts_of(message, kind, head.flag), "via": "business_app"},
    )
