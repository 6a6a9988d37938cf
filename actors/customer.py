"""A customer's side of a channel: it finds out who writes and hands everything, in order, to the right conversation.

Keyed by the channel and the customer's most telling address. It owns nothing durable: the database decides whose an
address is, and a conversation that turns out to be over, or somebody else's, is looked up again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from attrs import frozen

from actors import kinds
from actors.kernel import Actor, Bound, Context, KernelError, Kind, Mail, Policy
from actors.resolver import Resolve, Resolved, first_known
from hub.channel import Channel
from hub.conversation.beside import keep
from hub.conversation.commands import Item, Opening, Receive
from hub.conversation.effects import Effects, OwnedIdentity
from hub.conversation.state import CustomerCard, Status
from hub.customer import Address, Known
from hub.errors import HubError, Overloaded
from hub.ids import uuid7
from hub.inbound import EchoedMessage, Identity, IdentityChange, IdentityKind, InboundMessage, Party
from hub.journal import Change, Outcome
from hub.record import evolve
from hub.whatsapp.phone import variants

LIMIT = 200
"""Deliveries that may wait for one customer. Above it the door answers 503, and the channel brings them again."""

IDLE = 60.0
BATCH = 50
ASK = 10.0
"""Seconds for a lookup or a write; the door's own deadline is longer."""


@frozen
class Inbound:
    """What one delivery brought of one customer, in order. `again`: what was known of them proved wrong."""

    party: Party
    items: tuple[Item, ...]
    again: bool = False


@frozen
class Introduce:
    """Somebody is there who has written nothing yet: they are to be known. Answered with the hub's id of them."""

    party: Party


@frozen
class Forget:
    """What is known of whom the addresses are may be wrong by now: it is looked up again when it is needed."""


class Customer(Actor):
    """Knows the customer's card, addresses and conversation, and hands on.

    `_live` is the conversation that goes on, `_last` the one before it, `_opening` how the next would begin. `_asked`
    are the addresses looked up; `_learned` those that nobody had and that are theirs from now on.
    """

    __slots__ = ("_asked", "_card", "_channel", "_clock", "_last", "_learned", "_live", "_opening", "_system")

    def __init__(self, channel: Channel, context: Context, clock: Callable[[], datetime]) -> None:
        self._channel = channel
        self._system = context.system
        self._clock = clock
        self._card: CustomerCard | None = None
        self._live: UUID | None = None
        self._last: UUID | None = None
        self._opening: Opening | None = None
        self._asked: frozenset[Identity] = frozenset()
        self._learned: tuple[Identity, ...] = ()

    async def receive_batch(self, mails: Sequence[Mail]) -> None:
        """Each mail carries an `Inbound`, answered by whoever stores it, an `Introduce` or a `Forget`."""
        for mail in mails:
            try:
                if isinstance(mail.message, Forget):
                    self._asked, self._card = frozenset(), None
                elif isinstance(mail.message, Introduce):
                    mail.reply(await self._introduce(mail.message.party))
                else:
                    await self._hand_on(mail, mail.message)
            except (HubError, KernelError) as error:
                mail.fail(error)

    async def _hand_on(self, mail: Mail, inbound: Inbound) -> None:
        if inbound.again or not self._asked.issuperset(inbound.party.identities):
            await self._resolve(inbound.party)
        creates = any(isinstance(item, InboundMessage | EchoedMessage) for item in inbound.items)
        if creates and self._live is None:
            assert self._opening is not None
            self._live = self._opening.conversation_id
        conversation_id = self._live or self._last
        if conversation_id is None:
            self._note(mail, inbound)
            return
        opens = self._opening is not None and self._opening.conversation_id == conversation_id
        opening = self._opening if opens else None
        ref = self._system.ref(kinds.CONVERSATION, conversation_id)
        received = Receive(
            inbound.items,
            opening,
            self._learned,
            inbound.party.name,
            inbound.party.attributes,
            channel=self._channel.name,
            channel_type=self._channel.type,
        )
        ref.forward(received, mail)
        if any(isinstance(item, IdentityChange) for item in inbound.items):
            self._asked = frozenset()  # what was known of their addresses holds no longer

    async def _introduce(self, party: Party) -> UUID:
        """Makes them known, or notes what is new of somebody who is."""
        if self._card is None:
            made = await self._make(party)
            if made is not None:
                self._asked = frozenset()  # they are somebody now: their first message looks them up
                return made
            await self._resolve(party)
        if self._card is None:
            raise Overloaded("The customer is being changed too fast.", retry_after=1)
        await self._note_news(self._card, party)
        return self._card.id

    async def _make(self, party: Party) -> UUID | None:
        """Stores a customer without a conversation; None when they are somebody already."""
        effects = Effects()
        card = CustomerCard(uuid7(), party.name, None, self._clock())
        effects.customers.append((card, party.attributes))
        effects.identities.extend(OwnedIdentity(self._channel.name, i, card.id) for i in party.identities)
        written: Outcome = await self._system.ref(kinds.WRITER, 0).ask(Change(uuid7(), effects), timeout=ASK)
        return card.id if written.written else None

    async def _note_news(self, card: CustomerCard, party: Party) -> None:
        if not party.attributes and (party.name is None or party.name == card.name):
            return
        effects = Effects()
        effects.customer_updates.append((card.id, party.name, party.attributes, self._clock()))
        if self._live is None:
            await self._system.ref(kinds.WRITER, 0).ask(Change(uuid7(), effects), timeout=ASK)
        else:
            news = Receive((), None, (), party.name, party.attributes)
            await self._system.ref(kinds.CONVERSATION, self._live).ask(news, timeout=ASK)
        self._card = evolve(card, name=party.name or card.name)

    async def _resolve(self, party: Party) -> None:
        """Looks up everything the customer may be known under; the most telling address that is known decides."""
        wanted = _spellings(party.identities)
        addresses = tuple(Address(self._channel.name, identity) for identity in wanted)
        ref = self._system.ref(kinds.RESOLVER, 0)
        answer: Resolved = await ref.ask(Resolve(addresses, self._channel.default_team), timeout=ASK)
        known = first_known(answer.known)
        nobodys = {identity for identity, k in zip(wanted, answer.known, strict=True) if k is None}
        self._learned = tuple(identity for identity in party.identities if identity in nobodys)
        self._asked = frozenset(party.identities)
        self._place(known)
        self._opening = None if answer.number is None else self._prepare(party, known, answer)

    def _place(self, known: Known | None) -> None:
        over = known is not None and known.status is Status.CLOSED
        self._card = known.customer if known else None
        self._live = known.conversation_id if known and not over else None
        self._last = known.conversation_id if known and over else None

    def _prepare(self, party: Party, known: Known | None, answer: Resolved) -> Opening:
        """Lays ready how the next conversation begins."""
        phone = next((i.value for i in party.identities if i.kind is IdentityKind.WA_ID), None)
        return Opening(
            conversation_id=uuid7(),
            number=answer.number or 0,
            channel=self._channel.name,
            channel_type=self._channel.type,
            customer=known.customer if known else CustomerCard(uuid7(), party.name, phone, self._clock()),
            team_id=answer.team_id,
            new_customer=known is None,
            identities=() if known else party.identities,
            attributes=party.attributes,
            previous_id=self._last,
        )

    def _note(self, mail: Mail, inbound: Inbound) -> None:
        """Keeps what came beside messages of somebody who has no conversation to show it in."""
        effects = Effects()
        keep(effects, self._channel.name, self._card.id if self._card else None, inbound.items)
        self._system.ref(kinds.WRITER, 0).forward(Change(uuid7(), effects), mail)


def _spellings(identities: tuple[Identity, ...]) -> tuple[Identity, ...]:
    """The addresses and the other ways their phone numbers are written (BR, AR, MX)."""
    others = (
        Identity(IdentityKind.WA_ID, spelling)
        for identity in identities
        if identity.kind is IdentityKind.WA_ID
        for spelling in variants(identity.value)
        if spelling != identity.value
    )
    return tuple(dict.fromkeys((*identities, *others)))


def address_key(channel: str, party: Party) -> tuple[str, str, str]:
    """The key of a customer's actor."""
    best = party.identities[0]
    return channel, best.kind, best.value


def kind(channels: dict[str, Channel], clock: Callable[[], datetime]) -> Kind:
    """The kind of customers of these channels; keys are made by `address_key`."""

    def create(key: tuple[str, str, str], context: Context) -> Customer:
        return Customer(channels[key[0]], context, clock)

    return Kind(kinds.CUSTOMER, create, Bound(LIMIT, Policy.REJECT), batch=BATCH, idle_after=IDLE, cap=50_000)
