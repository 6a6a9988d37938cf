"""What drafts of transactions are given: where they are kept, the back end, the rules, and what is drawn by chance."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar
from uuid import UUID

from attrs import frozen

from actors.kernel import System
from hub.customer import Customer
from hub.errors import Unavailable
from hub.ids import uuid7
from hub.integration.call import Call
from hub.integration.ports import Drafts
from hub.transaction.creation import Fresh
from hub.transaction.draft import Draft
from hub.transaction.prompt import Wording
from hub.transaction.store import Decide, DraftStore, Turned
from hub.transaction.turn import Rules

T = TypeVar("T")

HUB = "system"
"""The principal of what the hub does by itself."""

TOOL = "transaction_draft"
"""What the audit calls the hub's own steps, which no tool asked for."""


class CustomerFinder(Protocol):
    """Finding a customer. Raises hub.errors.Unavailable when the database is away."""

    async def find(self, customer_id: UUID) -> Customer | None:
        """The customer, if there is one."""


@frozen(kw_only=True)
class World:
    """One of a replica. `keys` make and recover tokens, the newest first. `spawn` runs something in the background,
    ended at shutdown. `deadline` and `background_deadline` are the seconds of a call that somebody waits for, and of
    one that nobody does. `draw` draws a new draft's ids, keys and codes. `news` says that there is something to do,
    `turned` is told of every turn."""

    store: DraftStore
    back_end: Drafts
    customers: CustomerFinder
    system: System
    spawn: Callable[[Coroutine[Any, Any, None]], Awaitable[object]]
    rules: Rules
    wording: Wording
    keys: tuple[bytes, ...]
    replica: int
    draw: Callable[[], Fresh]
    news: Callable[[], None]
    turned: Callable[[Turned], None]
    deadline: float = 30.0
    background_deadline: float = 60.0

    async def turn(
        self, draft: Draft, decide: Decide, call: Call | None = None, tool: str = TOOL, digest: bytes | None = None
    ) -> Turned:
        """A turn of a draft, on behalf of somebody or, without a call, of the hub itself; and word of it."""
        turned = await self.store.turn(draft.id, decide, call or own_call(draft), tool, digest)
        self.turned(turned)
        self.news()
        return turned

    async def carried(self, work: Coroutine[Any, Any, T]) -> T:
        """Does something to its end, also when whoever waits for it leaves. Raises what it raises."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        async def carry() -> None:
            try:
                value = await work
            except Exception as error:
                _fail(done, error)
            except asyncio.CancelledError:
                _fail(done, Unavailable("The hub stops. What was begun is found out by the next one.", retry_after=2))
                raise
            else:
                if not done.done():
                    done.set_result(value)

        await self.spawn(carry())
        return await asyncio.shield(done)


def _fail(done: "asyncio.Future[Any]", error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
        done.exception()  # nobody may be left to hear of it


def own_call(draft: Draft) -> Call:
    """A call that the hub makes by itself."""
    return Call(uuid7(), HUB, draft.conversation_id)
