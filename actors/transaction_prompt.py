"""Putting the hub's question to the customer: a message like any other, by the conversation's own actor, once."""

import logging
from functools import partial

from actors import kinds
from actors.kernel import KernelError
from actors.transaction_world import World
from hub.conversation.commands import HUB, Reply
from hub.errors import HubError, InvalidTransition, WindowClosed
from hub.message import Message
from hub.transaction import confirmation
from hub.transaction.draft import Draft
from hub.transaction.prompt import client_id_of, prompt

log = logging.getLogger("hub.transaction")

ASK = 8.0
"""Seconds for the conversation to take the question. After them it is put again, which is the same message."""


async def ask_customer(world: World, draft: Draft) -> Draft:
    """Puts the question and notes which message it is; answers the draft as it is then. One that cannot be put now is
    put again later. Raises WindowClosed, InvalidTransition when it cannot be put at all: the draft has ended then."""
    question = Reply(
        client_id_of(draft, draft.asked.wanted),
        HUB,
        "interactive",
        interactive=prompt(draft, world.wording),
        draft_id=draft.id,
    )
    rules = world.rules
    try:
        message: Message = await world.system.ref(kinds.CONVERSATION, draft.conversation_id).ask(question, timeout=ASK)
    except (WindowClosed, InvalidTransition) as error:
        await world.turn(draft, partial(confirmation.unaskable, reason=error.code, rules=rules))
        raise
    except (HubError, KernelError) as error:
        log.info("a customer is asked a little later", extra={"reason": type(error).__name__})
        return draft
    asked = partial(confirmation.asked, message_id=message.id, seq=message.seq, rules=rules)
    return (await world.turn(draft, asked)).move.draft
