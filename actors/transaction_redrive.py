"""Drafts among the dead letters: doing one again is looking once more, under the same key."""

from functools import partial

from attrs import frozen

from actors.transaction_call import TransactionCalls
from actors.transaction_drafts import COMMIT
from actors.transaction_world import World, own_call
from hub.dead_letter import DeadLetter, Redriver, Step
from hub.errors import IntegrationTimeout
from hub.integration.call import Integration
from hub.transaction import letter as operations
from hub.transaction import settling
from hub.transaction.draft import Draft
from hub.transaction.state import DraftState


@frozen
class TransactionRedrive:
    """Does letters about drafts again."""

    world: World

    def redrivers(self) -> dict[tuple[str, str], Redriver]:
        """By integration and operation."""
        create = Integration.TRANSACTION_CREATE.value
        return {
            (create, operations.COMMIT): self.commit,
            (create, operations.CREATE): self.create,
            (create, operations.CANCEL): self.cancel,
        }

    async def commit(self, letter: DeadLetter) -> Step:
        """Finds out what became of a commit. Raises IntegrationTimeout while nobody can tell."""
        draft = await self._draft(letter)
        if draft is None or draft.state is not DraftState.MANUAL_REVIEW:
            return Step.UNWANTED
        world, call = self.world, own_call(draft)
        await world.turn(draft, partial(settling.looking, rules=world.rules), call)
        turned = await TransactionCalls(world).find_out(draft, call, COMMIT, world.background_deadline)
        if turned.move.draft.state is DraftState.MANUAL_REVIEW:
            raise IntegrationTimeout
        return Step.DONE

    async def create(self, letter: DeadLetter) -> Step:
        """A draft that could not be made has ended: the AI makes another one, if it is still wanted."""
        return Step.UNWANTED

    async def cancel(self, letter: DeadLetter) -> Step:
        """Tells the back end once more. Raises what a write raises."""
        draft = await self._draft(letter)
        if draft is None or draft.open:
            return Step.UNWANTED
        await TransactionCalls(self.world).cancel(draft, own_call(draft), self.world.background_deadline)
        return Step.DONE

    async def _draft(self, letter: DeadLetter) -> Draft | None:
        sight = await self.world.store.sight(letter.ref_id) if letter.ref_id is not None else None
        return sight.draft if sight else None
