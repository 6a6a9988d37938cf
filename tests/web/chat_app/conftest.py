"""The Chat App on a real desk: its doors, streams and carrier, the event log behind them, and its customers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import aiojobs
import pytest
from aiohttp import ClientResponse, web
from prometheus_client import CollectorRegistry

from actors import delivery
from actors.event_tail import EventTail
from actors.session_registry import SessionRegistry
from actors.signals import AudienceCache
from hub.api_key import NewApiKey, Scope
from hub.config import load
from hub.config.channels import ChatAppChannel
from hub.journal import Committed
from storage.api_key import ApiKeyStore
from storage.database import Database
from storage.event import EventLog
from storage.inbox import InboxStore, InboxTicketStore
from storage.viewer import ViewerStore
from tests.web.conftest import SECRET
from tests.web.desk_stage import APP, DeskStage, staged_desk
from web import metrics
from web.chat_app.app import ChatApp
from web.chat_app.tokens import CustomerTokens
from web.media import MediaDoors
from web.multipart import FormLimits
from web.realtime import StreamSettings
from web.realtime_metrics import RealtimeMetrics
from web.routes import Route
from web.server import serve

JWT_SECRET = "a secret for customers' tokens, long enough"
ORIGIN = "https://shop.example.com"
CHANNELS = f"""
[channels.app]
type = "chat_app"
jwt_secret = ["{JWT_SECRET}", "the secret before it, long enough as well"]
allowed_origins = ["{ORIGIN}"]
messages_per_minute = 50
"""


class ChatStage(DeskStage):
    """A desk with a Chat App. `colleagues` are the agents' sessions."""

    key: str
    chat: ChatApp
    tail: EventTail

    def __init__(self, database: Database, errands: aiojobs.Scheduler, directory: Path) -> None:
        super().__init__(database, errands, directory)
        given = load(CHANNELS.encode(), make_up=lambda path: SECRET).config.channels
        self.channels = {name: channel for name, channel in given.items() if isinstance(channel, ChatAppChannel)}
        self.events, self.inboxes, self.inbox_tickets = (
            EventLog(database),
            InboxStore(database),
            InboxTicketStore(database),
        )
        figures = RealtimeMetrics(CollectorRegistry())
        self.colleagues = SessionRegistry(figures)
        audiences = AudienceCache(ViewerStore(database))
        self.chat = ChatApp(
            self.channels, self.system, self, self.intake, audiences, self.colleagues, figures, self.clock
        )
        self.tail = EventTail(self.events, self.chat.publish, self.chat.reset, poll=0.05)
        self.tokens_of = CustomerTokens(APP, (JWT_SECRET,))

    def committed(self, committed: Committed) -> None:
        self.tail.committed(committed.previous, committed.events)

    def errand(self, channel: str) -> delivery.Errand:
        carrier = self.chat.carriers.get(channel)
        return delivery.Errand(self.system, carrier, repeatable=True) if carrier else super().errand(channel)

    def routes(self) -> list[Route]:
        media = MediaDoors(self.media, self.files, FormLimits(100_000), lambda kind, size: None)
        settings = StreamSettings(grace=0.5)
        return [*super().routes(), *self.chat.routes(self.tail, self.key_access, media, settings)]

    async def settle(self) -> None:
        await super().settle()
        _, self.key = await ApiKeyStore(self.database).create(NewApiKey("App", Scope.CHAT_APP))

    # Requests

    def token(self, customer_id: str = "c-1", name: str | None = None) -> str:
        """A customer's token, as the app's back end would make it."""
        return self.tokens_of.issue(customer_id, name)

    async def chats(self, method: str, path: str, body: Any = None, who: str = "c-1", **headers: str) -> ClientResponse:
        """A request to the Chat App's doors, of a customer, or of the back end when `who` is "key"."""
        token = self.key if who == "key" else self.token(who)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {token}", **given}
        return await self.client.request(method, f"/chat/v1/{path}", json=body, headers=sent)

    async def writes(self, text: str = "Hello", who: str = "c-1", **more: Any) -> dict[str, Any]:
        """A customer writes; the message."""
        body = {"channel_message_id": str(uuid4()), "text": text, **more}
        answer = await self.chats("POST", "messages", body, who)
        assert answer.status == 201, await answer.text()
        message: dict[str, Any] = await answer.json()
        return message

    async def answers_with(self, text: str, conversation_id: str) -> dict[str, Any]:
        """Ana answers, and the customer has it in the inbox; the message as customers see it."""
        body = {"client_id": str(uuid4()), "text": text}
        taken = await self.ask("POST", f"conversations/{conversation_id}/messages", body)
        assert taken.status == 201, await taken.text()
        wanted = (await taken.json())["message_id"]
        async with asyncio.timeout(10):
            while True:
                page = await (await self.chats("GET", "messages?limit=200")).json()
                for message in page["data"]:
                    if message["message_id"] == wanted:
                        found: dict[str, Any] = message
                        return found
                await asyncio.sleep(0.02)


async def _listening(closing: AsyncExitStack, app: web.Application) -> aiohttp.ClientSession:
    listener = await serve(app, "127.0.0.1", 0, requests=metrics.Requests(CollectorRegistry()), shutdown_timeout=2.0)
    closing.push_async_callback(listener.close)
    return await closing.enter_async_context(aiohttp.ClientSession(f"http://127.0.0.1:{listener.port}"))


@pytest.fixture
async def chat(database: Database) -> AsyncIterator[ChatStage]:
    """A running Chat App on this database, behind the real server: sockets are taken from its connections."""
    async with AsyncExitStack() as closing, staged_desk(database, partial(_listening, closing), ChatStage) as stage:
        following = asyncio.create_task(stage.tail.run())
        await stage.tail.opened()
        try:
            yield stage
        finally:
            await stage.chat.drain(0.0)
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
