"""Transactions put together: drafts for the tools, what sees to them, and the doors of those who decide."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, Protocol
from uuid import uuid4

from attrs import frozen

from actors import transaction
from actors.chores import every
from actors.kernel import System
from actors.transaction_drafts import TransactionDrafts
from actors.transaction_keeper import TransactionKeeper
from actors.transaction_redrive import TransactionRedrive
from actors.transaction_world import World
from actors.tuning import tuned
from hub.config import Config
from hub.customer import Customers
from hub.dead_letter import Redriver
from hub.frame import Frame
from hub.ids import uuid7
from hub.integration.call import Integration
from hub.integration.ports import Integrations
from hub.ports import ConversationReader
from hub.transaction.creation import Fresh
from hub.transaction.prompt import Wording
from hub.transaction.risk import Limit
from hub.transaction.store import ApprovalStore, DraftReader, DraftStore
from hub.transaction.turn import Rules
from web import keys
from web.approval import ApprovalDoors
from web.cursors import Cursors
from web.routes import Route
from web.transaction_draft import TransactionDraftDoors
from web.transaction_metrics import TransactionMetrics

GAUGE = 5.0
"""Seconds between looks at how much there is."""


class DraftRows(DraftStore, DraftReader, Protocol):
    """Drafts, for decisions and for people."""


class Stores(Protocol):
    """What transactions read and write."""

    @property
    def transaction_drafts(self) -> DraftRows: ...
    @property
    def approvals(self) -> ApprovalStore: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def conversations(self) -> ConversationReader: ...


def fresh() -> Fresh:
    """A new draft's ids, keys, nonce (128 bits) and code (6 digits)."""
    return Fresh(uuid7(), uuid4(), uuid4(), secrets.token_hex(16), f"{secrets.randbelow(10**6):06}")


def rules(config: Config) -> Rules:
    """The rules of the configuration."""
    given = config.ai
    return Rules(
        limit=Limit(given.approval_over, given.currency, adds_up=given.approval_window > 0),
        draft_ttl=timedelta(seconds=given.draft_ttl),
        confirmation_ttl=timedelta(seconds=given.confirmation_ttl),
        approval_ttl=timedelta(seconds=given.approval_ttl),
        patience=timedelta(seconds=given.reconcile_for),
        words=given.confirm_in_words,
    )


@frozen
class Means:
    """What transactions stand on. `spawn` runs a call to its end in the background, ended at shutdown."""

    config: Config
    stores: Stores
    system: System
    back_ends: Integrations
    spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]]
    replica: int
    figures: TransactionMetrics


class TransactionDesk:
    """One of a replica. `drafts` is for the tools; `run` is to be run, and told of new events by `push`."""

    def __init__(self, means: Means) -> None:
        config, news = means.config, asyncio.Event()
        ring = keys.ring([secret.reveal() for secret in config.auth.secret], "confirmation token")
        self.world = World(
            store=means.stores.transaction_drafts,
            back_end=means.back_ends,
            customers=means.stores.customers,
            system=means.system,
            spawn=means.spawn,
            rules=rules(config),
            wording=Wording(config.ai.prompt_language, config.ai.prompt_company),
            keys=tuple(ring.by_id.values()),
            replica=means.replica,
            draw=fresh,
            news=news.set,
            turned=means.figures.turned,
            deadline=config.circuits.deadline,
            background_deadline=config.circuits.background_deadline,
        )
        means.system.register(tuned(transaction.kind(self.world), config))
        self._means, self.figures = means, means.figures
        self._redrive = TransactionRedrive(self.world)
        self._keeper = TransactionKeeper(self.world, news)
        self.drafts = TransactionDrafts(self.world)

    def redrivers(self) -> dict[tuple[str, str], Redriver]:
        """Who does dead letters about drafts again."""
        return self._redrive.redrivers()

    def push(self, frames: Sequence[Frame]) -> None:
        """New events."""
        self._keeper.push(frames)

    async def run(self) -> None:
        """Sees to drafts until cancelled. Where no back end makes transactions there are none."""
        if not self._means.back_ends.configured(Integration.TRANSACTION_CREATE):
            await asyncio.Event().wait()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keeper.run())
            group.create_task(every(GAUGE, self._gauge))

    async def _gauge(self) -> None:
        self._means.figures.depth(await self._means.stores.transaction_drafts.depth())

    def routes(self, cursors: Cursors) -> list[Route]:
        """The doors of supervisors and agents."""
        stores = self._means.stores
        approvals = ApprovalDoors(stores.approvals, self.drafts, cursors)
        drafts = TransactionDraftDoors(stores.transaction_drafts, self.drafts, stores.conversations, cursors)
        return [*approvals.routes(), *drafts.routes()]
