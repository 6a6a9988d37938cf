"""Drafts for the AI's tools, for agents and for supervisors: the port `hub.transaction.ports.TransactionDrafts`.

Every step that changes something is a turn, and a turn has one winner, however many ask and on however many replicas.
What is sent to the back end goes on to its end when whoever asked has left.
"""

import asyncio
from functools import partial
from uuid import UUID

from actors.transaction_call import TransactionCalls
from actors.transaction_prompt import ask_customer
from actors.transaction_world import World
from hub.errors import ConfirmationInvalid, DraftStateConflict, IntegrationTimeout, NotFound
from hub.ids import uuid7
from hub.integration.call import Call
from hub.integration.customer import customer_ref
from hub.money import Money
from hub.transaction import commit, ending
from hub.transaction.answer import CommitAnswer, CommitStatus, Confirmation, ConfirmationStatus, DraftAnswer
from hub.transaction.commit import STANDS, Attempt, standing
from hub.transaction.creation import Wish, begun
from hub.transaction.draft import Draft
from hub.transaction.ending import Verdict
from hub.transaction.state import DraftState
from hub.transaction.store import Decide, Turned
from hub.transaction.token import digest_of, recovered
from hub.transaction.turn import Sight

CREATE, COMMIT, CANCEL, DECIDE = (
    "create_transaction_draft",
    "commit_transaction",
    "cancel_transaction_draft",
    "decide_approval",
)
"""What the audit calls the steps: the tools, and a supervisor's word."""


class TransactionDrafts:
    """One of a replica."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._calls = TransactionCalls(world)
        self._looking: dict[UUID, asyncio.Task[bool]] = {}  # one look at the back end's draft for all who commit it

    # Making

    async def create(self, call: Call, customer_id: UUID, amount: Money, description: str) -> DraftAnswer:
        """Makes a draft and asks the customer; see the port for what it raises."""
        world = self._world
        place = await world.store.place(call.conversation_id) if call.conversation_id else None
        customer = await world.customers.find(customer_id)
        if place is None or customer is None or place.customer_id != customer_id:
            raise NotFound
        wish = Wish(customer_id, customer_ref(customer), amount, description, place.assignee_id)
        draft = begun(call, wish, world.draw(), world.replica, place.now, world.rules)
        await world.store.begin(draft, call, CREATE)
        return await world.carried(self._made(draft, call))

    async def _made(self, draft: Draft, call: Call) -> DraftAnswer:
        turned = await self._calls.create(draft, call, CREATE, self._world.deadline)
        if turned.move.problem is not None:
            raise turned.move.problem
        if turned.move.draft.state is DraftState.CREATE_UNKNOWN:
            raise IntegrationTimeout(
                "The back end has not answered. Whether there is a draft is being found out.",
                extra={"draft_id": str(draft.id), "current_state": DraftState.CREATE_UNKNOWN.value},
            )
        asked = await ask_customer(self._world, turned.move.draft)
        return told(asked)

    # Committing

    async def commit(self, call: Call, draft_id: UUID, token: str, *, suspicion: int = 0) -> CommitAnswer:
        """Carries a confirmed draft out, once; see the port for what it raises."""
        attempt = Attempt(call, digest_of(token) if token else None, suspicion, uuid7())
        sight = await self._seen(draft_id, attempt.digest)
        try:
            status = standing(sight, attempt)
        except ConfirmationInvalid:
            status = None  # to be counted, by the turn
        else:
            if status is None and sight.now < (sight.draft.confirmed_until or sight.now):
                await self._compare(sight.draft, call)
        if status is not None:
            return CommitAnswer(status, told(sight.draft), replayed=True)
        return await self._begun(sight.draft, attempt)

    async def _begun(self, draft: Draft, attempt: Attempt) -> CommitAnswer:
        world = self._world
        decide = partial(commit.begin, attempt=attempt, replica=world.replica, rules=world.rules)
        return await world.carried(self._carried_out(draft, decide, attempt))

    async def _carried_out(self, draft: Draft, decide: Decide, attempt: Attempt) -> CommitAnswer:
        turned = await self._world.turn(draft, decide, attempt.call, COMMIT, attempt.digest)
        move = turned.move
        if move.problem is not None:
            raise move.problem
        if move.draft is turned.sight.draft:
            return CommitAnswer(STANDS[move.draft.state], told(move.draft), replayed=True)
        if move.draft.state is DraftState.AWAITING_APPROVAL:
            return CommitAnswer(CommitStatus.PENDING_APPROVAL, told(move.draft))
        return answered(await self._calls.commit(move.draft, attempt.call, COMMIT, self._world.deadline))

    async def _compare(self, draft: Draft, call: Call) -> None:
        """Looks whether the back end still holds what the customer was shown, once for all who ask at the same time.
        What it does not hold any more ends, in the turn that follows from it."""
        looking = self._looking.get(draft.id)
        if looking is None:
            looking = asyncio.create_task(self._calls.same(draft, call, self._world.deadline))
            self._looking[draft.id] = looking
            looking.add_done_callback(lambda task: self._looked(draft.id, task))
        if not await asyncio.shield(looking):
            turned = await self._world.turn(draft, partial(commit.changed, rules=self._world.rules), call, COMMIT)
            assert turned.move.problem is not None
            raise turned.move.problem

    def _looked(self, draft_id: UUID, looking: asyncio.Task[bool]) -> None:
        self._looking.pop(draft_id, None)
        if not looking.cancelled():
            looking.exception()  # those who asked may have left

    # Looking and ending

    async def get(self, call: Call, draft_id: UUID) -> DraftAnswer:
        """How it stands; the token for the principal that made it. Raises NotFound."""
        sight = await self._seen(draft_id)
        if sight.draft.conversation_id != call.conversation_id:
            raise NotFound
        return told(sight.draft, self._token(sight) if call.principal == sight.draft.principal else None)

    async def cancel(self, call: Call, draft_id: UUID) -> DraftAnswer:
        """Gives it up. Raises NotFound, DraftStateConflict."""
        sight = await self._seen(draft_id)
        turned = await self._world.turn(
            sight.draft, partial(ending.cancel, call=call, rules=self._world.rules), call, CANCEL
        )
        return told(turned.move.draft)

    async def decide(self, call: Call, draft_id: UUID, verdict: Verdict) -> None:
        """A supervisor's word. Raises what `hub.transaction.ending.decide` raises."""
        sight = await self._seen(draft_id)
        decide = partial(ending.decide, verdict=verdict, rules=self._world.rules)
        turned = await self._world.turn(sight.draft, decide, call, DECIDE)
        if turned.move.problem is not None:
            raise turned.move.problem

    async def _seen(self, draft_id: UUID, digest: bytes | None = None) -> Sight:
        sight = await self._world.store.sight(draft_id, digest)
        if sight is None:
            raise NotFound
        return sight

    def _token(self, sight: Sight) -> str | None:
        good = sight.draft.state is DraftState.CONFIRMED and sight.issued is not None
        return recovered(self._world.keys, sight.issued) if good and sight.issued else None


def answered(turned: Turned) -> CommitAnswer:
    """A commit that was sent, as it is answered. Raises what the back end refused it with."""
    move, draft = turned.move, turned.move.draft
    if move.problem is not None:
        raise move.problem
    status = STANDS.get(draft.state)
    if status is None:
        raise DraftStateConflict(extra={"current_state": draft.state.value, "reason": draft.reason})
    return CommitAnswer(status, told(draft))


def told(draft: Draft, token: str | None = None) -> DraftAnswer:
    """A draft as the AI is told of it."""
    match draft.state:
        case DraftState.AWAITING_CONFIRMATION:
            status = ConfirmationStatus.ASKED if draft.asked.message_ids else ConfirmationStatus.NONE
            confirmation = Confirmation(status)
        case DraftState.CREATING | DraftState.CREATE_UNKNOWN:
            confirmation = Confirmation(ConfirmationStatus.NONE)
        case DraftState.CONFIRMED:
            confirmation = Confirmation(ConfirmationStatus.CONFIRMED, token, draft.confirmed_until)
        case _:
            confirmation = Confirmation(ConfirmationStatus.OVER)
    return DraftAnswer(
        draft.id,
        draft.conversation_id,
        draft.customer_id,
        draft.state,
        draft.amount,
        draft.description,
        draft.expires_at,
        confirmation,
        draft.reason,
        draft.transaction_id,
    )
