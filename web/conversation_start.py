"""Beginning a conversation with a customer who has none that goes on."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import System
from hub.channel import Channel
from hub.conversation.commands import Opening, Reply, Start
from hub.conversation.receive import Moved
from hub.conversation.state import Conversation, CustomerCard, view
from hub.customer import Address, Beginning
from hub.errors import AlreadyExists, Invalid, InvalidTransition, WindowClosed
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind
from hub.listing import Row
from hub.ports import BeginningReader, ConversationReader, MessageReader
from hub.rights import Permission
from hub.whatsapp.phone import variants
from web import preconditions
from web.body import read
from web.conversation import ASK
from web.conversation_patch import Edits
from web.conversation_shapes import ConversationSeen
from web.fields import text
from web.idempotency import effect_id
from web.message import LONGEST_TEXT, MessageNew, TemplateNew
from web.principal import Principal, principal
from web.routes import Route, Section


@frozen
class ConversationNew:
    """A conversation to be begun: with a customer who is known, or (on WhatsApp) a phone number; with a text, or with a
    template where they have not written in the last 24 hours. It goes to the channel's team unless one is named, and is
    whose who begins it.
    """

    channel: str = text(most=64)
    customer_id: UUID | None = None
    address: str | None = text(most=32, pattern=r"\+?[0-9 ().-]{7,31}", what="a phone number", default=None)
    text: str | None = text(most=LONGEST_TEXT, default=None)
    template: TemplateNew | None = None
    team_id: UUID | None = None
    client_id: UUID | None = None


@frozen
class StartDoors:
    """The door of beginnings. `compose` makes the first message of what the request says."""

    system: System
    conversations: ConversationReader
    messages: MessageReader
    beginnings: BeginningReader
    edits: Edits
    channels: Mapping[str, Channel]
    compose: Callable[[Principal, MessageNew, str, str], Awaitable[Reply]]
    clock: Callable[[], datetime]

    async def start(self, request: web.Request) -> web.Response:
        """Begins it; answers the conversation, also when this very request has begun it before. Raises Invalid,
        WindowClosed, and AlreadyExists with the id of the one that goes on, if the asker may see it."""
        who, given = principal(request), await read(request, ConversationNew)
        channel = self.channels.get(given.channel)
        if channel is None:
            raise Invalid(errors=[{"path": "$.channel", "message": "is not a channel"}])
        await self.edits.check_team(given.team_id)
        client_id = given.client_id or effect_id(request) or uuid7()
        beginning = await self._beginning(given, channel.type)
        if beginning.last_id is not None and (row := await self._begun(who, beginning.last_id, client_id)):
            return _shown(request, row.conversation)
        if beginning.live_id is not None:
            raise await self._goes_on(who, beginning.live_id)
        message = MessageNew(client_id=client_id, text=given.text, template=given.template)
        reply = await self.compose(who, message, given.channel, channel.type)
        opening = await self._opening(given, channel, beginning)
        ref = self.system.ref(kinds.CONVERSATION, opening.conversation_id)
        try:
            begun: Conversation = await ref.ask(Start(opening, reply, beginning.window_opened_at), timeout=ASK)
        except Moved:  # they have written, or a colleague was faster
            now = await self._beginning(given, channel.type)
            raise await self._goes_on(who, now.live_id) from None
        return _shown(request, begun)

    async def _begun(self, who: Principal, conversation_id: UUID, client_id: UUID) -> Row | None:
        """The conversation, if its first message is what this person began one with under this id."""
        first = await self.messages.page(conversation_id, 2, 1)
        if not first or (first[0].client_id, first[0].sender.id) != (client_id, who.user_id):
            return None
        return await self.conversations.visible(who.reader, conversation_id)

    async def _beginning(self, given: ConversationNew, channel_type: str) -> Beginning:
        if (given.customer_id is None) is (given.address is None):
            raise Invalid(errors=[{"path": "$", "message": "must name a customer_id or an address"}])
        customer_id, identity = given.customer_id, None
        if given.address is not None:
            if channel_type != "whatsapp":
                raise Invalid(errors=[{"path": "$.address", "message": "belongs to WhatsApp: name the customer_id"}])
            identity = Identity(IdentityKind.WA_ID, "".join(filter(str.isdigit, given.address)))
            customer_id = await self._whose(given.channel, identity)
        found = await self.beginnings.of_customer(customer_id, given.channel) if customer_id is not None else None
        if found is None and identity is not None:
            card = CustomerCard(uuid7(), None, identity.value, self.clock())
            return Beginning(card, (identity,), None, None, None)
        if found is None:
            raise Invalid(errors=[{"path": "$.customer_id", "message": "is not a customer"}])
        if not found.addresses:
            raise Invalid(errors=[{"path": "$.customer_id", "message": "has no address on this channel"}])
        return found

    async def _whose(self, channel: str, identity: Identity) -> UUID | None:
        spellings = [Address(channel, Identity(identity.kind, digits)) for digits in variants(identity.value)]
        known = await self.beginnings.known(spellings)
        return next((k.customer.id for k in known if k is not None), None)

    async def _opening(self, given: ConversationNew, channel: Channel, beginning: Beginning) -> Opening:
        number, team_id = await self.beginnings.opening(channel.default_team)
        new = await self.beginnings.of_customer(beginning.customer.id, given.channel) is None
        return Opening(
            conversation_id=uuid7(),
            number=number,
            channel=given.channel,
            channel_type=channel.type,
            customer=beginning.customer,
            team_id=given.team_id or team_id,
            new_customer=new,
            identities=beginning.addresses,
            previous_id=beginning.last_id,
        )

    async def _goes_on(self, who: Principal, conversation_id: UUID | None) -> AlreadyExists:
        row = await self.conversations.visible(who.reader, conversation_id) if conversation_id is not None else None
        extra = {"conversation_id": str(row.conversation.id)} if row is not None else {}
        return AlreadyExists("A conversation with this customer goes on.", extra=extra)

    def routes(self) -> list[Route]:
        """The one door."""
        return [
            Section("conversations", "/api/v1/conversations").route(
                "POST",
                "",
                self.start,
                "Begin a conversation",
                Permission.INBOX_USE,
                body=ConversationNew,
                returns=ConversationSeen,
                status=201,
                errors=(AlreadyExists, WindowClosed, InvalidTransition),
                idempotent=True,
            )
        ]


def _shown(request: web.Request, begun: Conversation) -> web.Response:
    return preconditions.versioned({**view(begun), "unread": 0}, begun.version, 201)
