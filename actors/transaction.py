"""A draft's actor: it does what has to be done about a draft by itself, one thing after the other.

It keeps nothing. What it is to do is in the draft's row, and another replica would do the same; the lock and the state
decide who did. The keeper tells it when to look.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from attrs import frozen

from actors import kinds
from actors.kernel import Actor, Bound, Context, KernelError, Kind, Mail, Policy
from actors.transaction_call import UNSENT, TransactionCalls
from actors.transaction_drafts import COMMIT
from actors.transaction_prompt import ask_customer
from actors.transaction_world import TOOL, World, own_call
from hub.dead_letter import NewLetter
from hub.errors import Ambiguous, HubError, InvalidTransition, WindowClosed
from hub.ids import uuid7
from hub.integration.call import Call
from hub.transaction import commit, confirmation, creation, ending, settling
from hub.transaction.confirmation import LISTENING, Minting
from hub.transaction.draft import Draft
from hub.transaction.duty import Duty, duty_of
from hub.transaction.letter import CANCEL, letter_of
from hub.transaction.settling import Result
from hub.transaction.state import UNANSWERED, DraftState, Trigger
from hub.transaction.turn import Move, Sight

log = logging.getLogger("hub.transaction")

LIMIT = 4
"""Looks that may wait; more are one, since the row says what there is to do."""

MOST_WITHDRAWALS = 8
"""Tries of telling the back end that its draft is given up, over about four minutes; then a person is told instead."""


@frozen
class Look:
    """There may be something to do. `claimed`: this replica has the draft to itself for a while."""

    claimed: bool = False


class Transaction(Actor):
    """Sees to one draft."""

    __slots__ = ("_calls", "_id", "_world")

    def __init__(self, draft_id: UUID, world: World) -> None:
        self._id = draft_id
        self._world = world
        self._calls = TransactionCalls(world)

    async def receive(self, mail: Mail) -> object:
        """`Look`. What cannot be done now is found again at the next look."""
        try:
            await self._look(claimed=mail.message.claimed)
        except (HubError, KernelError) as error:
            log.info("a draft waits for its next look", extra={"reason": type(error).__name__})
        return None

    async def _look(self, *, claimed: bool) -> None:
        sight = await self._world.store.sight(self._id)
        if sight is None:
            return
        draft = sight.draft
        if draft.state in LISTENING and not draft.asked.pending:
            draft = await self._hear(draft)
        duty = duty_of(draft, self._world.rules.patience)
        if duty is not None and claimed and (_is_due(draft, sight) or self._is_orphan(draft)):
            await DUTIES[duty](self, draft)

    def _is_orphan(self, draft: Draft) -> bool:
        """Whether another replica waits for the answer: that it is claimed here says that it is gone."""
        return draft.state in UNANSWERED and draft.search.replica != self._world.replica

    async def _hear(self, draft: Draft) -> Draft:
        heard = await self._world.store.heard(draft)
        if not heard:
            return draft
        minting = Minting(uuid7(), self._world.keys[0])
        decide = partial(confirmation.hear, heard=heard, minting=minting, rules=self._world.rules)
        return (await self._world.turn(draft, decide)).move.draft

    async def _turn(self, draft: Draft, decide: Callable[[Sight], Move], call: Call | None = None) -> Move:
        return (await self._world.turn(draft, decide, call)).move

    # Duties

    async def ask(self, draft: Draft) -> None:
        """Puts the question."""
        try:
            await ask_customer(self._world, draft)
        except (WindowClosed, InvalidTransition):
            log.info("a draft ended: its customer cannot be asked")

    async def lose(self, draft: Draft) -> None:
        """Takes the back end's answer for lost."""
        rules = self._world.rules
        if draft.state is DraftState.CREATING:
            await self._turn(draft, partial(creation.lost, rules=rules))
        else:
            await self._turn(draft, partial(settling.settled, result=Result(trigger=Trigger.LOST), rules=rules))

    async def find_out(self, draft: Draft) -> None:
        """Looks what became of a call, and repeats it under its key."""
        call, seconds = own_call(draft), self._world.background_deadline
        draft = (await self._turn(draft, partial(settling.looking, rules=self._world.rules), call)).draft
        if draft.state is DraftState.CREATE_UNKNOWN:
            await self._calls.create(draft, call, TOOL, seconds)
        else:
            await self._calls.find_out(draft, call, TOOL, seconds)

    async def give_up(self, draft: Draft) -> None:
        """Looks no longer."""
        move = await self._turn(draft, partial(settling.given_up, rules=self._world.rules))
        if move.draft.state is DraftState.MANUAL_REVIEW:
            log.error("nobody knows what became of a commit", extra={"draft_id": str(draft.id)})

    async def carry_out(self, draft: Draft) -> None:
        """Commits what a person approved. While the back end cannot be asked it waits, and nothing is sent."""
        world, call = self._world, own_call(draft)
        try:
            same = await self._calls.same(draft, call, world.background_deadline)
        except HubError as error:
            await self._turn(draft, partial(commit.postponed, problem=error, rules=world.rules), call)
            return
        decide = partial(commit.carry_out, replica=world.replica, rules=world.rules)
        move = await self._turn(draft, decide if same else partial(commit.changed, rules=world.rules), call)
        if move.draft.state is DraftState.COMMITTING:
            await self._calls.commit(move.draft, call, COMMIT, world.background_deadline)

    async def lapse(self, draft: Draft) -> None:
        """Ends what nobody went on with."""
        await self._turn(draft, partial(ending.lapse, rules=self._world.rules))

    async def withdraw(self, draft: Draft) -> None:
        """Tells the back end that its draft is given up."""
        rules, call = self._world.rules, own_call(draft)
        draft = (await self._turn(draft, partial(ending.withdrawing, rules=rules), call)).draft
        letter: NewLetter | None = None
        try:
            await self._calls.cancel(draft, call, self._world.background_deadline)
        except (Ambiguous, *UNSENT):
            if draft.search.tries < MOST_WITHDRAWALS:
                return
            letter = letter_of(draft, CANCEL)
        except HubError:
            letter = letter_of(draft, CANCEL)
        await self._turn(draft, partial(ending.withdrawn, letter=letter, rules=rules), call)


DUTIES: dict[Duty, Callable[[Transaction, Draft], Awaitable[None]]] = {
    Duty.ASK: Transaction.ask,
    Duty.LOSE: Transaction.lose,
    Duty.LOOK: Transaction.find_out,
    Duty.GIVE_UP: Transaction.give_up,
    Duty.CARRY_OUT: Transaction.carry_out,
    Duty.LAPSE: Transaction.lapse,
    Duty.WITHDRAW: Transaction.withdraw,
}


def _is_due(draft: Draft, sight: Sight) -> bool:
    return draft.due is not None and draft.due <= sight.now


def kind(world: World) -> Kind:
    """The kind of drafts; the key is the draft's id. Looks that wait are one."""

    def create(key: UUID, context: Context) -> Transaction:
        return Transaction(key, world)

    return Kind(kinds.TRANSACTION, create, Bound(LIMIT, Policy.COALESCE, key=lambda look: look), idle_after=10.0)
