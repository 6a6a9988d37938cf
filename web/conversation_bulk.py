"""The same edit of many conversations, each with an answer of its own."""

import asyncio
from typing import Any
from uuid import UUID

import attrs
from aiohttp import web
from attrs import frozen

from actors import kinds
from actors.kernel import KernelError, System
from hub.conversation.commands import AddTag, Command, RemoveTag
from hub.conversation.state import Conversation
from hub.errors import HubError, Invalid, NotFound, Overloaded
from hub.ports import ConversationReader
from hub.rights import Permission
from hub.tag import LONGEST_NAME, Tags, clean_name
from web import answers
from web.body import read
from web.conversation import ASK
from web.conversation_patch import ConversationPatch, Edits, author_of
from web.fields import items
from web.principal import Principal, principal
from web.routes import Route, Section

MOST = 200
AT_ONCE = 16
"""Conversations edited at a time, so that one request does not take all connections to the database."""

MOST_TAGS = 20


@frozen(kw_only=True)
class BulkEdit(ConversationPatch):
    """What to change of each: as in a change of one, and tags (of those that are defined) to put on and take off."""

    ids: tuple[UUID, ...] = items(least=1, most=MOST)
    add_tags: tuple[str, ...] = items(most=MOST_TAGS, default=())
    remove_tags: tuple[str, ...] = items(most=MOST_TAGS, default=())


@frozen
class BulkItem:
    """What became of one: its new version, or the code of the problem."""

    id: UUID
    ok: bool
    version: int | None = None
    code: str | None = None
    detail: str | None = None


@frozen
class BulkResult:
    """Each in the order asked."""

    data: tuple[BulkItem, ...]


@frozen
class BulkDoors:
    """The door of bulk edits."""

    system: System
    conversations: ConversationReader
    edits: Edits
    tags: Tags

    async def edit(self, request: web.Request) -> web.Response:
        """Edits each; what cannot be done with one does not hold up the others. Raises Invalid for what is wrong in
        itself."""
        who, given = principal(request), await read(request, BulkEdit)
        if len(set(given.ids)) < len(given.ids):
            raise Invalid(errors=[{"path": "$.ids", "message": "must not repeat"}])
        tagging = await self._tagging(who, given)
        room = asyncio.Semaphore(AT_ONCE)

        async def one(conversation_id: UUID) -> BulkItem:
            async with room:
                return await self._one(who, given, tagging, conversation_id)

        return answers.json(BulkResult(tuple(await asyncio.gather(*map(one, given.ids)))))

    async def _one(self, who: Principal, given: BulkEdit, tagging: list[Command], conversation_id: UUID) -> BulkItem:
        try:
            row = await self.conversations.visible(who.reader, conversation_id)
            if row is None:
                raise NotFound
            version = row.conversation.version
            # Tags first: an edit may take the conversation out of sight.
            for command in (*tagging, await self.edits.edit(who, None, given, row.conversation.team_id)):
                ref = self.system.ref(kinds.CONVERSATION, conversation_id)
                changed: Conversation = await ref.ask(command, timeout=ASK)
                version = changed.version
        except KernelError:
            return BulkItem(conversation_id, ok=False, code=Overloaded.code, detail=Overloaded.title())
        except HubError as error:
            return BulkItem(conversation_id, ok=False, code=error.code, detail=error.detail)
        return BulkItem(conversation_id, ok=True, version=version)

    async def _tagging(self, who: Principal, given: BulkEdit) -> list[Command]:
        author, made = author_of(who), list[Command]()
        for index, name in enumerate(given.add_tags):
            known = await self.tags.named(clean_name(name)) if len(name) <= LONGEST_NAME else None
            if known is None:
                raise Invalid(errors=[{"path": f"$.add_tags[{index}]", "message": "is not a tag"}])
            made.append(AddTag(author, known.name))
        made += [RemoveTag(author, clean_name(name)) for name in given.remove_tags]
        edit = {field.name: getattr(given, field.name) for field in attrs.fields(ConversationPatch)}
        if not made and ConversationPatch(**edit) == ConversationPatch():
            raise Invalid(errors=[{"path": "$", "message": "must say what to change"}])
        return made

    def routes(self) -> list[Route]:
        """The one door."""
        more: dict[str, Any] = {"body": BulkEdit, "returns": BulkResult, "idempotent": True}
        return [
            Section("conversations", "/api/v1/conversations").route(
                "POST", "/bulk", self.edit, "Change many conversations", Permission.CONVERSATIONS_WRITE, **more
            )
        ]
