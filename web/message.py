"""Messages: pages of a conversation, sending, sending again, reacting, and how far one has read."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import System
from hub.conversation.commands import Author, Command, React, Reply, Retry
from hub.conversation.state import Conversation
from hub.errors import Invalid, InvalidTransition, NotFound, WindowClosed
from hub.inbound import Identity, IdentityKind, Outgoing
from hub.listing import Row
from hub.message import Content, ContentType, Media, Message, view
from hub.ports import ConversationReader, MessageReader
from hub.rights import Permission, Reader
from hub.whatsapp import limits
from hub.whatsapp.media import check_file
from hub.whatsapp.template import Template, filled, to_send
from web import answers
from web.body import path_id, query, read
from web.conversation import ASK
from web.conversation_shapes import MessageSeen, MessagesSeen
from web.fields import items, number, text
from web.idempotency import effect_id
from web.paging import MOST, USUAL
from web.principal import Principal, principal
from web.routes import Route, Section

LONGEST_TEXT = 4096
"""Characters of a text: WhatsApp's limit, and long enough for a chat."""

ADDRESSED = (Identity(IdentityKind.WA_ID, "0"),)
"""Stands for the customer's address while a message's own limits are checked; sending puts in the real one."""


@frozen
class Before:
    """A page of messages: those before a conversation_seq (`cursor` of the page before says which)."""

    limit: int = number(1, MOST, default=USUAL)
    before: int | None = number(1, 2**31 - 1, default=None)


@frozen
class TemplateNew:
    """A template to be sent: its body's blanks filled in order, or Meta's own `components` for more than that."""

    name: str = text(most=512)
    language: str = text(most=20, example="pt_BR")
    parameters: tuple[str, ...] = items(most=50, default=())
    components: tuple[dict[str, Any], ...] | None = None


@frozen(kw_only=True)
class MessageNew:
    """A message to be sent: a text, a file (with or without a text), a template or an interactive message.

    `client_id` is made by the sender's side; sending the same again is answered with the same message.
    """

    client_id: UUID
    text: str | None = text(most=LONGEST_TEXT, default=None)
    media_id: UUID | None = None
    template: TemplateNew | None = None
    interactive: dict[str, Any] | None = None
    reply_to: UUID | None = None


@frozen
class Emoji:
    """A reaction; empty takes it back."""

    emoji: str = text(
        least=0, most=32, pattern=r"(?:[^\u0000-\u007f]|[0-9#*]\ufe0f?\u20e3)*", what="an emoji", example="👍"
    )


@frozen
class MessageDoors:
    """The doors of messages.

    `upload` finds a file that this person may send, as `{id, type, mime_type, filename, size}`; `template` one of the
    channel's templates by name and language; `channel_types` are the types of the channels by name.
    """

    system: System
    conversations: ConversationReader
    messages: MessageReader
    upload: Callable[[Reader, UUID], Awaitable[dict[str, Any] | None]]
    template: Callable[[str, str, str], Awaitable[Template | None]]
    channel_types: Mapping[str, str]

    async def index(self, request: web.Request) -> web.Response:
        """A page of the conversation, oldest first. Raises NotFound."""
        who, asked = principal(request), query(request, Before)
        row = await self._visible(who, path_id(request))
        conversation = row.conversation
        seq = await self.conversations.head()
        found = await self.messages.page(conversation.id, asked.before, asked.limit + 1)
        page = found[-asked.limit :]
        return answers.json(
            {
                "data": [view(message, conversation.channel_type) for message in page],
                "next_cursor": str(page[0].seq) if len(found) > asked.limit else None,
                "seq": seq,
                "read_seq": await self.conversations.read_position(who.user_id, conversation.id),
            }
        )

    async def send(self, request: web.Request) -> web.Response:
        """Stores a message to be sent. Raises NotFound, WindowClosed, InvalidTransition, Invalid."""
        who, given, conversation_id = principal(request), await read(request, MessageNew), path_id(request)
        if _kind(given) == "text":
            reply = Reply(given.client_id, _author(who), "text", given.text, reply_to=given.reply_to)
        else:
            reply = await self._checked(who, given, conversation_id)
        message = await self._ask(conversation_id, reply)
        channel_type = self.channel_types.get(message.channel)
        if channel_type is None:  # a channel of former times
            channel_type = (await self._visible(who, conversation_id)).conversation.channel_type
        return answers.json(view(message, channel_type), 201)

    async def _checked(self, who: Principal, given: MessageNew, conversation_id: UUID) -> Reply:
        """What is more than a text, within its channel's limits. A text's are those of its field."""
        conversation = (await self._visible(who, conversation_id)).conversation
        return await self.compose(who, given, conversation.channel, conversation.channel_type)

    async def compose(self, who: Principal, given: MessageNew, channel: str, channel_type: str) -> Reply:
        """The message as it goes to the conversation, within its channel's limits. Raises Invalid."""
        reply = await self._reply(who, given, channel)
        if channel_type == "whatsapp":
            limits.check(_draft(reply))
            if reply.media:
                check_file(reply.kind, reply.media["mime_type"], reply.media["size"])
        return reply

    async def retry(self, request: web.Request) -> web.Response:
        """Sends a failed message again. Raises NotFound, WindowClosed, InvalidTransition."""
        who, message_id = principal(request), path_id(request)
        conversation = await self._of_message(who, message_id)
        message = await self._ask(conversation.id, Retry(message_id, _author(who), effect_id(request)))
        return answers.json(view(message, conversation.channel_type))

    async def react(self, request: web.Request) -> web.Response:
        """Puts an emoji on a message or takes it back. Raises NotFound, WindowClosed, InvalidTransition."""
        who, message_id, given = principal(request), path_id(request), await read(request, Emoji)
        conversation = await self._of_message(who, message_id)
        message = await self._ask(conversation.id, React(message_id, given.emoji, _author(who)))
        return answers.json(view(message, conversation.channel_type))

    async def _visible(self, who: Principal, conversation_id: UUID) -> Row:
        row = await self.conversations.visible(who.reader, conversation_id)
        if row is None:
            raise NotFound
        return row

    async def _of_message(self, who: Principal, message_id: UUID) -> Conversation:
        place = await self.messages.locate(message_id)
        if place is None:
            raise NotFound
        return (await self._visible(who, place[0])).conversation

    async def _reply(self, who: Principal, given: MessageNew, channel: str) -> Reply:
        kind = _kind(given)
        media = None
        if given.media_id is not None:
            media = await self.upload(who.reader, given.media_id)
            if media is None:
                raise Invalid(errors=[{"path": "$.media_id", "message": "is not a file of yours"}])
        return Reply(
            client_id=given.client_id,
            author=_author(who),
            kind=media["type"] if media else kind,
            text=given.text,
            media=media,
            template=await self._template(given.template, channel) if given.template else None,
            interactive=given.interactive,
            reply_to=given.reply_to,
        )

    async def _template(self, given: TemplateNew, channel: str) -> dict[str, Any]:
        """The template as the channel takes it, with the text that the customer will read where that is known."""
        known = await self.template(channel, given.name, given.language)
        made: dict[str, Any]
        if given.components is not None:
            made = {"name": given.name, "language": {"code": given.language}, "components": list(given.components)}
        else:
            made = to_send(given.name, given.language, given.parameters, known)
        return {**made, "text": filled(known, given.parameters)} if known else made

    async def _ask(self, conversation_id: UUID, command: Command) -> Message:
        message: Message = await self.system.ref(kinds.CONVERSATION, conversation_id).ask(command, timeout=ASK)
        return message

    def routes(self) -> list[Route]:
        """Everything about messages."""
        of, one = Section("messages", "/api/v1/conversations/{id}").route, Section("messages", "/api/v1/messages").route
        see, send = Permission.MESSAGES_READ, Permission.MESSAGES_SEND
        refused = (NotFound, WindowClosed, InvalidTransition)
        return [
            of("GET", "/messages", self.index, "Messages", see, query=Before, returns=MessagesSeen, errors=(NotFound,)),
            of(
                "POST",
                "/messages",
                self.send,
                "Send a message",
                send,
                body=MessageNew,
                returns=MessageSeen,
                status=201,
                errors=refused,
                idempotent=True,
            ),
            one(
                "POST",
                "/{id}/retry",
                self.retry,
                "Send a failed message again",
                send,
                returns=MessageSeen,
                errors=refused,
                idempotent=True,
            ),
            one(
                "POST",
                "/{id}/reactions",
                self.react,
                "React to a message",
                send,
                body=Emoji,
                returns=MessageSeen,
                errors=refused,
                idempotent=True,
            ),
        ]


def _author(who: Principal) -> Author:
    return Author(who.user_id, who.name, who.reader)


def _kind(given: MessageNew) -> str:
    """What is to be sent: a text may go with a file, everything else alone."""
    named = [name for name in ("media_id", "template", "interactive") if getattr(given, name) is not None]
    if len(named) > 1 or (given.text is not None and named in (["template"], ["interactive"])):
        raise Invalid(errors=[{"path": "$", "message": "must be one message: text, media_id, template or interactive"}])
    if not named and given.text is None:
        raise Invalid(errors=[{"path": "$.text", "message": "is missing"}])
    return named[0] if named else "text"


def _draft(reply: Reply) -> Outgoing:
    """The reply as the channel would get it, for the check of its limits before anything is stored."""
    media = reply.media
    file = Media(provider_id="later", filename=media.get("filename")) if media else None
    content = Content(ContentType(media["type"]) if media else ContentType.TEXT, reply.text, file)
    return Outgoing(
        message_id=reply.client_id,
        attempt=1,
        kind=reply.kind,
        to=ADDRESSED,
        content=content if reply.kind not in ("template", "interactive") else None,
        template=reply.template,
        interactive=reply.interactive,
    )
