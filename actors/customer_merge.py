"""Merging two customers while their messages come in.

The addresses move first, so that nothing new begins for the source; then each conversation changes in its own turn.
What came between is found by looking again, until nothing of the source's is left. A merge that is interrupted is
completed by asking for it again.
"""

import logging
from uuid import UUID

from attrs import frozen

from actors import kinds
from actors.customer import Forget
from actors.kernel import KernelError, System
from hub.conversation.commands import Absorb, Author, HandOver, Merge, ShowCustomer
from hub.conversation.receive import Moved
from hub.conversation.state import Conversation
from hub.customer import Address, Customer
from hub.customer_merge import CustomerMerges, Step, steps
from hub.errors import HubError, InvalidTransition, Overloaded

log = logging.getLogger("hub.customer")

ROUNDS = 5
"""Looks at what is left. After them whoever asked is told to ask again."""

ASK = 8.0


@frozen
class CustomerMerger:
    """Merges customers."""

    system: System
    merges: CustomerMerges

    async def merge(self, source_id: UUID, target_id: UUID, author: Author) -> Customer:
        """Answers the one customer that is left. Raises what `CustomerMerges.merge` does; Overloaded, or an error of a
        conversation, when it is not finished and should be asked for again."""
        for _ in range(ROUNDS):
            merging = await self.merges.merge(source_id, target_id, author)
            forget(self.system, merging.addresses)
            if not merging.sources:
                await self._show(merging.target, [standing.id for standing in merging.targets], author)
                return merging.target
            for step in steps(merging.sources, merging.targets):
                try:
                    await self._carry_out(step, merging.target, author)
                except (Moved, InvalidTransition):  # it, or the one it was to end in, is another one by now
                    break
        raise Overloaded("The customer's conversations keep changing.", retry_after=1)

    async def _carry_out(self, step: Step, target: Customer, author: Author) -> None:
        ref = self.system.ref(kinds.CONVERSATION, step.conversation.id)
        if step.into is not None:
            left: Conversation = await ref.ask(Merge(author, step.into.id, step.into.number), timeout=ASK)
            if left.merged_into_id is None:
                await self.system.ref(kinds.CONVERSATION, step.into.id).ask(Absorb(author, left), timeout=ASK)
        await ref.ask(HandOver(author, target.card), timeout=ASK)

    async def _show(self, customer: Customer, conversation_ids: list[UUID], author: Author) -> None:
        await show(self.system, customer, conversation_ids, author)


async def show(system: System, customer: Customer, conversation_ids: list[UUID], author: Author) -> None:
    """Has conversations show what is known of their customer now. One that cannot now shows it when it is read the next
    time: what was changed is stored."""
    command = ShowCustomer(author, customer.card)
    for conversation_id in conversation_ids:
        try:
            await system.ref(kinds.CONVERSATION, conversation_id).ask(command, timeout=ASK)
        except (HubError, KernelError) as error:
            log.info("a conversation shows its customer later", extra={"reason": type(error).__name__})


def forget(system: System, addresses: tuple[Address, ...]) -> None:
    """Has this replica's actors look up again whose the addresses are. It is a hint: what another replica thinks is
    corrected by the journal when it acts on it."""
    for address in addresses:
        key = address.channel, address.identity.kind, address.identity.value
        try:
            system.ref(kinds.CUSTOMER, key).tell(Forget())
        except KernelError as error:
            log.info("a hint was not taken", extra={"kind": kinds.CUSTOMER, "reason": type(error).__name__})
