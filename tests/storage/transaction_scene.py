"""A customer of the sales team with a conversation, and drafts of transactions in real tables."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from hub.conversation.commands import HUB, Command, Receive, Reply
from hub.conversation.state import Desk
from hub.ids import uuid7
from hub.inbound import InboundMessage, Party
from hub.integration.call import Call
from hub.integration.transaction import DraftState as ProviderState
from hub.integration.transaction import ProviderDraft
from hub.message import Content, ContentType, Message
from hub.money import Money
from hub.transaction import commit, confirmation, creation
from hub.transaction.commit import Attempt
from hub.transaction.confirmation import Minting
from hub.transaction.creation import Fresh, Wish, begun
from hub.transaction.draft import Draft
from hub.transaction.prompt import Wording, prompt
from hub.transaction.risk import Limit
from hub.transaction.store import Turned
from hub.transaction.token import digest_of, token_of
from hub.transaction.turn import Move, Rules, Sight
from storage.audit import Audit
from storage.database import Database, Limits
from storage.dead_letter import DeadLetterStore
from storage.journal import Journal
from storage.transaction import TransactionDraftStore

KEY = b"k" * 32
RULES = Rules(limit=Limit(Decimal("1000.00"), "USD"))
TOOL = "commit_transaction"


def fresh() -> Fresh:
    """A new draft's ids, keys and codes."""
    return Fresh(uuid7(), uuid4(), uuid4(), secrets.token_hex(16), "482913")


class TransactionScene:
    """One conversation; `more` begins others of other customers."""

    def __init__(self, database: Database, journal: Journal, decider: Any, team_id: UUID) -> None:
        self.database, self.journal, self.decider, self.team_id = database, journal, decider, team_id
        self.audit = Audit(database)
        self.store = TransactionDraftStore(
            database, self.audit, DeadLetterStore(database), lambda id: f"customer:{id.hex[:4]}", timedelta(hours=24)
        )
        self.desk = Desk()
        self.key_id = uuid7()
        self.call = Call(uuid7(), f"ai:{self.key_id}")

    async def begin(self) -> None:
        """The customer writes for the first time."""
        self.desk, change = self.decider.begin(opening=self.decider.opening(team_id=self.team_id))
        await self.journal.append([change])
        self.call = Call(uuid7(), f"ai:{self.key_id}", self.conversation_id)

    @property
    def conversation_id(self) -> UUID:
        """The conversation's."""
        assert self.desk.conversation is not None
        return self.desk.conversation.id

    @property
    def customer_id(self) -> UUID:
        """The customer's."""
        assert self.desk.conversation is not None
        return self.desk.conversation.customer.id

    async def more(self) -> "TransactionScene":
        """Another customer of the team."""
        other = TransactionScene(self.database, self.journal, self.decider, self.team_id)
        await other.begin()
        return other

    def on(self, database: Database) -> "TransactionScene":
        """The same conversation, over the connections of another replica."""
        other = TransactionScene(database, self.journal, self.decider, self.team_id)
        other.desk, other.key_id, other.call = self.desk, self.key_id, self.call
        return other

    async def change(self, command: Command) -> Desk:
        """Something happens in the conversation."""
        self.desk, change = self.decider.change(self.desk, command)
        await self.journal.append([change])
        return self.desk

    async def says(self, text: str, button: str | None = None) -> Message:
        """The customer writes, or presses a button."""
        facts = {"interactive": {"type": "button_reply", "id": button}} if button else {}
        kind = ContentType.INTERACTIVE if button else ContentType.TEXT
        wamid = f"wamid.{uuid4().hex}"
        message = InboundMessage(wamid, Party(()), self.decider.now, Content(kind, text, metadata=facts))
        desk = await self.change(Receive((message,)))
        return max(desk.messages.values(), key=lambda stored: stored.seq)

    # Drafts

    async def turn(self, draft: Draft, decide: Callable[[Sight], Move], digest: bytes | None = None) -> Turned:
        """One turn."""
        return await self.store.turn(draft.id, decide, self.call, TOOL, digest)

    async def wish(self, amount: Money | None = None, replica: int = 1) -> Draft:
        """A draft that the back end is being asked for."""
        wish = Wish(self.customer_id, "cust-1", amount or Money(6000, "USD"), "Two chairs")
        place = await self.store.place(self.conversation_id)
        assert place is not None
        draft = begun(self.call, wish, fresh(), replica, place.now, RULES)
        await self.store.begin(draft, self.call, "create_transaction_draft")
        return draft

    async def asked(self, amount: Money | None = None) -> Draft:
        """A draft that the customer was asked about."""
        draft = await self.wish(amount)
        told = ProviderDraft(f"ext-{draft.id.hex[-6:]}", ProviderState.OPEN, "open")
        draft = (await self.turn(draft, partial(creation.made, told=told, rules=RULES))).move.draft
        question = Reply(uuid7(), HUB, "interactive", interactive=prompt(draft, Wording()), draft_id=draft.id)
        desk = await self.change(question)
        message = next(m for m in desk.messages.values() if m.client_id == question.client_id)
        asked = partial(confirmation.asked, message_id=message.id, seq=message.seq, rules=RULES)
        return (await self.turn(draft, asked)).move.draft

    async def hear(self, draft: Draft) -> tuple[Draft, str]:
        """What the customer wrote is read; the draft, and the token that a consent makes."""
        minting = Minting(uuid7(), KEY)
        heard = await self.store.heard(draft)
        decide = partial(confirmation.hear, heard=heard, minting=minting, rules=RULES)
        return (await self.turn(draft, decide)).move.draft, token_of(KEY, minting.consent_id)

    async def confirmed(self, amount: Money | None = None) -> tuple[Draft, str]:
        """A draft that the customer agreed to, and its token."""
        draft = await self.asked(amount)
        await self.says("Confirm", "cfm:" + draft.asked.nonce)
        return await self.hear(draft)

    async def commit(self, draft: Draft, token: str, suspicion: int = 0) -> Turned:
        """The AI commits."""
        digest = digest_of(token)
        attempt = Attempt(Call(uuid7(), self.call.principal, self.conversation_id), digest, suspicion, uuid7())
        return await self.turn(draft, partial(commit.begin, attempt=attempt, replica=1, rules=RULES), digest)

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        """Rows, straight from the tables."""
        async with self.database.acquire() as connection:
            rows: list[Any] = await connection.fetch(query, *arguments)
        return rows


async def begun_scene(database: Database, journal: Journal, decider: Any) -> TransactionScene:
    """The scene, with its first conversation."""
    team_id = uuid7()
    async with database.acquire() as connection:
        await connection.execute("insert into teams (id, name, kind) values ($1, 'Sales', 'sales')", team_id)
    scene = TransactionScene(database, journal, decider, team_id)
    await scene.begin()
    return scene


@asynccontextmanager
async def crowd(url: str, pool: int) -> AsyncIterator[Database]:
    """Another replica's connections."""
    database = Database(url, Limits(pool=pool, acquire=30.0, lock=30.0, statement=30.0, command=30.0), "crowd")
    await database.open()
    yield database
    await database.close()


async def all_at_once(count: int, what: Callable[[int], Any]) -> list[Any]:
    """What comes of doing something that often at the same time; errors as such."""
    return await asyncio.gather(*(what(number) for number in range(count)), return_exceptions=True)
