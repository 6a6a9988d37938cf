"""What a channel tells beside messages: kept as it was told, also when there is no conversation to show it in."""

from collections.abc import Iterable
from uuid import NAMESPACE_OID, UUID, uuid5

from hub.conversation.commands import Item
from hub.conversation.effects import ChannelEvent, Effects, OwnedIdentity
from hub.inbound import EchoedMessage, Identity, IdentityChange, InboundMessage, Note


def keep(effects: Effects, channel: str, customer_id: UUID | None, items: Iterable[Item]) -> None:
    """Keeps what came of somebody who has no conversation. `customer_id` is theirs, if they are known."""
    for item in items:
        effects.channel_events.append(_as_event(channel, item))
        if isinstance(item, IdentityChange) and customer_id is not None:
            change_identities(effects, channel, customer_id, item)


def _as_event(channel: str, item: Item) -> ChannelEvent:
    if isinstance(item, IdentityChange | Note):
        return channel_event(channel, item)
    known_as = item.channel_message_id if isinstance(item, InboundMessage | EchoedMessage) else item.channel_event_id
    kind = type(item).__name__.lower()
    return ChannelEvent(channel_event_id(channel, kind, known_as), channel, kind, None, {}, item.at)


def change_identities(effects: Effects, channel: str, customer_id: UUID, item: IdentityChange) -> set[Identity]:
    """Notes the new addresses as the customer's, whose ever they were, and returns those that they replace."""
    kinds = {identity.kind for identity in item.identities}
    lost = {i for i in item.party.identities if i.kind in kinds and i not in item.identities}
    effects.lost_identities.extend(OwnedIdentity(channel, i, customer_id) for i in lost)
    effects.identities.extend(OwnedIdentity(channel, i, customer_id, moved=True) for i in item.identities)
    return lost


def channel_event(channel: str, item: IdentityChange | Note) -> ChannelEvent:
    """What the channel told, as the row that keeps it."""
    known_as = item.channel_event_id or f"{item.party.identities[:1]}@{item.at.timestamp()}"
    kind = item.reason if isinstance(item, IdentityChange) else item.kind
    payload = {"text": item.text} if isinstance(item, IdentityChange) else item.data
    return ChannelEvent(channel_event_id(channel, kind, known_as), channel, kind, None, payload, item.at)


def channel_event_id(channel: str, kind: str, known_as: str) -> UUID:
    """The same for every repetition of the same event."""
    return uuid5(NAMESPACE_OID, f"{channel}|{kind}|{known_as}")
