"""The calls of a draft: each is made once a turn has recorded that it will be, and its end is another turn."""

import asyncio
from functools import partial
from time import monotonic

from attrs import frozen

from actors.transaction_world import World
from hub.errors import (
    Ambiguous,
    CircuitOpen,
    DraftStateConflict,
    HubError,
    IntegrationError,
    IntegrationOverloaded,
    IntegrationTimeout,
    NotFound,
)
from hub.integration.call import Call
from hub.transaction import creation, settling
from hub.transaction.creation import request_of
from hub.transaction.draft import Draft
from hub.transaction.settling import Look, Result, result_of
from hub.transaction.state import Trigger
from hub.transaction.store import Decide, Turned
from hub.transaction.turn import Move

UNSENT = (CircuitOpen, IntegrationOverloaded, IntegrationTimeout)
"""Errors after which nothing was sent. A commit that was recorded is looked for all the same: a later try sends it."""


@frozen
class TransactionCalls:
    """The calls, for tools and for what the hub does by itself."""

    world: World

    async def create(self, draft: Draft, call: Call, tool: str, deadline: float) -> Turned:
        """Asks the back end for the draft, under its key, and writes what came of it."""
        return await self.world.turn(draft, await self._created(draft, call, deadline), call, tool)

    async def _created(self, draft: Draft, call: Call, deadline: float) -> Decide:
        rules = self.world.rules
        try:
            told = await self.world.back_end.create_draft(
                call, request_of(draft), str(draft.key_create), deadline=_until(deadline)
            )
        except Ambiguous:
            return partial(creation.lost, rules=rules)
        except HubError as problem:
            return partial(creation.refused, problem=problem, rules=rules)
        return partial(creation.made, told=told, rules=rules)

    async def commit(self, draft: Draft, call: Call, tool: str, deadline: float) -> Turned:
        """Has the back end commit it, under its key, and writes what came of it."""
        return await self.settle(draft, await self._committed(draft, call, deadline), call, tool)

    async def _committed(self, draft: Draft, call: Call, deadline: float) -> Result:
        began = monotonic()
        assert draft.external_id is not None
        try:
            told = await self.world.back_end.commit_draft(
                call, draft.external_id, str(draft.key_commit), deadline=_until(deadline)
            )
        except (Ambiguous, *UNSENT) as error:
            result = Result(trigger=Trigger.LOST, provider_status=error.provider_status)
        except HubError as error:
            status = getattr(error, "provider_status", None)
            problem = IntegrationError(extra={"current_state": "failed"})
            result = Result(trigger=Trigger.REFUSED, reason=error.code, problem=problem, provider_status=status)
        else:
            result = result_of(draft, told)
        return settling.timed(result, round((monotonic() - began) * 1000))

    async def settle(self, draft: Draft, result: Result, call: Call, tool: str) -> Turned:
        """Writes what became of a commit. What somebody else has found out meanwhile stands."""
        try:
            decide = partial(settling.settled, result=result, rules=self.world.rules)
            return await self.world.turn(draft, decide, call, tool)
        except DraftStateConflict:
            sight = await self.world.store.sight(draft.id)
            if sight is None:
                raise NotFound from None
            return Turned(sight, Move(draft=sight.draft, decision="settled"))

    async def find_out(self, draft: Draft, call: Call, tool: str, deadline: float) -> Turned:
        """Looks what became of a commit, and repeats it under its key where that is not to be seen."""
        found = await self._looked(draft, call, deadline)
        if found is None:
            return await self.commit(draft, call, tool, deadline)
        return await self.settle(draft, found, call, tool)

    async def _looked(self, draft: Draft, call: Call, deadline: float) -> Result | None:
        assert draft.external_id is not None
        try:
            told = await self.world.back_end.draft(call, draft.external_id, deadline=_until(deadline))
        except NotFound:
            return None
        except HubError as error:
            return Result(trigger=Trigger.LOST, provider_status=getattr(error, "provider_status", None))
        match settling.look(draft, told):
            case Look.DONE:
                return Result(trigger=Trigger.DONE, transaction_id=told.transaction_id)
            case Look.OVER:
                return Result(trigger=Trigger.REFUSED, reason=told.state.value)
            case Look.WRONG:
                return Result(trigger=Trigger.LOST, reason=settling.MISMATCH)
            case Look.AGAIN:
                return None

    async def same(self, draft: Draft, call: Call, deadline: float) -> bool:
        """Whether the back end still holds what the customer was shown. Raises what a read raises; of a draft that it
        does not know, the commit itself will tell."""
        assert draft.external_id is not None
        try:
            told = await self.world.back_end.draft(call, draft.external_id, deadline=_until(deadline))
        except NotFound:
            return True
        return settling.look(draft, told) is not Look.WRONG

    async def cancel(self, draft: Draft, call: Call, deadline: float) -> None:
        """Tells the back end that the draft is given up. Raises what a write raises."""
        external_id = draft.external_id
        if external_id is None:  # its creation was never answered: the same call again names it
            told = await self.world.back_end.create_draft(
                call, request_of(draft), str(draft.key_create), deadline=_until(deadline)
            )
            external_id = told.external_id
        await self.world.back_end.cancel_draft(call, external_id, str(draft.key_cancel), deadline=_until(deadline))


def _until(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds
