"""Drafts of transactions in PostgreSQL: the port `hub.transaction.store.DraftStore`.

A turn is one transaction: the customer's lock, the sight, the decision, what it leads to, and the audit's row last,
because nobody else can append to the audit until the turn ends.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import attrs
import orjson
from attrs import frozen

from hub.conversation.changes import SYSTEM
from hub.errors import DraftStateConflict, NotFound, Unavailable
from hub.events import Audience
from hub.ids import uuid7
from hub.integration.call import Call
from hub.money import Money
from hub.transaction.consent import Heard
from hub.transaction.draft import Draft
from hub.transaction.state import SPENT, DraftState
from hub.transaction.store import Announcement, Decide, Depth, Place, Turned
from hub.transaction.token import Token
from hub.transaction.turn import Move, Sight, Standing, begun_entry, entry_of
from storage.approval import card
from storage.audit import Audit
from storage.database import Connection, Database
from storage.dead_letter import DeadLetterStore
from storage.sql import load
from storage.transaction_row import changing, fixed, to_approval, to_draft, to_token


@frozen
class Sql:
    """The queries of `transaction.sql`."""

    place: str
    insert: str
    open_of: str
    find: str
    of_conversation: str
    lock: str
    sight: str
    tokens: str
    approval: str
    spent: str
    waiting: str
    update: str
    add_consent: str
    add_token: str
    use_token: str
    put_approval: str
    announce: str
    announcements: str
    heard: str
    claim: str
    unheard: str
    listening: str
    depth: str


SQL = load("transaction.sql", Sql)

CLAIM = 45.0
"""Seconds for which a replica that sees to a draft has it to itself. A call to the back end takes less."""

MOST_HEARD = 100
"""Messages read at one look; the rest is read at the next."""


class TransactionDraftStore:
    """The drafts; see `hub.transaction.store.DraftStore` for what each method raises."""

    def __init__(
        self,
        database: Database,
        audit: Audit,
        letters: DeadLetterStore,
        pseudonym: Callable[[UUID], str],
        window: timedelta,
    ) -> None:
        """`pseudonym` is how a customer appears in the audit. Amounts within `window` are added up."""
        self._database = database
        self._audit = audit
        self._letters = letters
        self._pseudonym = pseudonym
        self._window = window

    # Turns

    async def place(self, conversation_id: UUID) -> Place | None:
        """The conversation as it is, and the database's time."""
        rows = await self._fetch(SQL.place, conversation_id)
        return Place(rows[0]["customer_id"], rows[0]["assignee_id"], rows[0]["now"]) if rows else None

    async def begin(self, draft: Draft, call: Call, tool: str) -> None:
        """Stores a new draft. Raises DraftStateConflict when the conversation has one that is under way."""
        async with self._database.transaction() as connection:
            if await connection.fetchval(SQL.insert, *fixed(draft), *changing(draft)) is None:
                other = await connection.fetchrow(SQL.open_of, draft.conversation_id)
                known = {"current_state": other["state"], "draft_id": str(other["id"])} if other else {}
                raise DraftStateConflict("Another draft of this conversation is under way.", extra=known)
            await self._audit.append_in(connection, begun_entry(draft, call, tool, self._pseudonym(draft.customer_id)))

    async def sight(self, draft_id: UUID, digest: bytes | None = None) -> Sight | None:
        """How a draft stands, without a lock."""
        async with self._database.acquire() as connection:
            return await self._sight(connection, draft_id, digest)

    async def turn(self, draft_id: UUID, decide: Decide, call: Call, tool: str, digest: bytes | None = None) -> Turned:
        """Shows a draft to a decision and writes what it leads to, under the customer's lock."""
        async with self._database.transaction() as connection:
            await connection.execute(SQL.lock, draft_id)
            sight = await self._sight(connection, draft_id, digest)
            if sight is None:
                raise NotFound
            move = decide(sight)
            if move.draft is not sight.draft:
                await self._write(connection, sight, move)
                entry = entry_of(sight, move, call, tool, self._pseudonym(sight.draft.customer_id))
                await self._audit.append_in(connection, entry)
        return Turned(sight, move)

    async def _sight(self, connection: Connection, draft_id: UUID, digest: bytes | None) -> Sight | None:
        row = await connection.fetchrow(SQL.sight, draft_id)
        if row is None:
            return None
        draft = to_draft(row)
        tokens = await self._tokens(connection, draft, digest)
        escalated = draft.approval_until is not None
        approval = await connection.fetchrow(SQL.approval, draft_id) if escalated else None
        sight = Sight(
            now=row["now"],
            draft=draft,
            standing=_standing(row),
            token=next((token for token in tokens if token.digest == digest), None),
            issued=next((token for token in tokens if token.consent_id == draft.consent_id), None),
            approval=to_approval(approval) if approval else None,
        )
        if draft.state is not DraftState.CONFIRMED:
            return sight
        waiting = await connection.fetchrow(SQL.waiting, draft.conversation_id, row["team_id"])
        return attrs.evolve(sight, spent=await self._spent(connection, draft), waiting=tuple(waiting))

    async def _tokens(self, connection: Connection, draft: Draft, digest: bytes | None) -> list[Token]:
        if digest is None and draft.consent_id is None:
            return []
        return [to_token(row) for row in await connection.fetch(SQL.tokens, digest, draft.consent_id)]

    async def _spent(self, connection: Connection, draft: Draft) -> tuple[Money, ...]:
        states = [state.value for state in SPENT]
        rows = await connection.fetch(SQL.spent, draft.customer_id, draft.id, states, self._window)
        return tuple(Money(row["amount_minor"], row["currency"]) for row in rows)

    async def _write(self, connection: Connection, sight: Sight, move: Move) -> None:
        before, draft = sight.draft, move.draft
        await self._write_agreement(connection, move)
        known = draft.id, before.state.value, before.version
        if await connection.fetchval(SQL.update, *known, *changing(draft)) is None:
            raise Unavailable("The draft was changed by somebody else.", retry_after=1)  # who wrote without the lock
        if sight.token is not None and move.used is not None:
            await connection.execute(SQL.use_token, sight.token.digest, move.used)
        if move.letter is not None:
            await self._letters.put_in(connection, move.letter)
        if move.announces is not None and move.approval is not None:
            shown = await card(connection, move.approval.id)
            data = orjson.dumps({"approval": shown.view()})
            await connection.execute(
                SQL.announce, uuid7(), move.announces.value, draft.conversation_id, orjson.dumps(SYSTEM), data
            )

    async def _write_agreement(self, connection: Connection, move: Move) -> None:
        """The customer's consent with its token, and the request for a person's approval."""
        if (consent := move.consent) is not None:
            await connection.execute(SQL.add_consent, *_values(consent))
        if (token := move.token) is not None:
            await connection.execute(SQL.add_token, *_values(token)[:-1])
        if (approval := move.approval) is not None:
            await connection.execute(
                SQL.put_approval,
                approval.id,
                approval.draft_id,
                approval.terms,
                approval.state.value,
                approval.requested_at,
                approval.expires_at,
                approval.decided_by,
                approval.decided_at,
                approval.reason,
            )

    # Looking

    async def heard(self, draft: Draft) -> Sequence[Heard]:
        """The messages that came in since the draft's last look, in order."""
        since = max(draft.asked.heard, draft.asked.first)
        rows = await self._fetch(SQL.heard, draft.conversation_id, since, draft.customer_id, MOST_HEARD)
        return [_heard(row) for row in rows]

    async def open_of(self, conversation_id: UUID) -> Draft | None:
        """The conversation's draft that is under way."""
        rows = await self._fetch(SQL.open_of, conversation_id)
        return to_draft(rows[0]) if rows else None

    async def find(self, draft_id: UUID) -> Draft | None:
        """The draft, if there is one."""
        rows = await self._fetch(SQL.find, draft_id)
        return to_draft(rows[0]) if rows else None

    async def of_conversation(
        self, conversation_id: UUID, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[Draft]:
        """A conversation's, the newest first, beginning after a (moment, id)."""
        place = after or (None, None)
        return [to_draft(row) for row in await self._fetch(SQL.of_conversation, conversation_id, *place, limit)]

    async def claim(self, limit: int) -> list[UUID]:
        """Drafts that are due, for this replica to see to, for a while."""
        return [row["id"] for row in await self._fetch(SQL.claim, limit, CLAIM)]

    async def unheard(self, limit: int) -> list[UUID]:
        """Drafts whose customer wrote something that was not read."""
        return [row["id"] for row in await self._fetch(SQL.unheard, limit)]

    async def listening(self) -> set[UUID]:
        """The conversations in which an answer of the customer is expected."""
        return {row["conversation_id"] for row in await self._fetch(SQL.listening)}

    async def depth(self) -> Depth:
        """How much there is."""
        (row,) = await self._fetch(SQL.depth)
        return Depth(row["open"], row["pending"], row["oldest"])

    async def announcements(self, limit: int) -> list[Announcement]:
        """What is still to be told, the oldest first."""
        return [_announcement(row) for row in await self._fetch(SQL.announcements, limit)]

    async def _fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self._database.acquire() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(query, *arguments)
        return rows


def _values(record: Any) -> tuple[Any, ...]:
    return attrs.astuple(record, recurse=False)


def _standing(row: asyncpg.Record) -> Standing:
    return Standing(
        customer_id=row["now_customer_id"],
        team_id=row["team_id"],
        assignee_id=row["assignee_id"],
        owner_id=row["owner_id"],
        open=row["now_open"],
        sales=row["now_sales"],
        attached=row["now_attached"],
    )


def _heard(row: asyncpg.Record) -> Heard:
    quoted = UUID(row["quoted"]) if row["quoted"] else None
    text = row["text"] if row["type"] in ("text", "interactive") else None
    return Heard(row["id"], row["seq"], row["at"], row["by_customer"], text, row["button"], quoted, row["quotes"])


def _announcement(row: asyncpg.Record) -> Announcement:
    audience = Audience(row["team_id"], row["assignee_id"])
    return Announcement(row["id"], row["type"], row["conversation_id"], audience, row["actor"], row["data"], row["at"])
