"""A conversation as the AI agent reads it: who said what and when, and nothing by which consent is proved.

The codes and buttons with which a customer confirms are the customer's alone. They would open nothing in an AI agent's
hands, since it cannot write as the customer; it is not shown them all the same.
"""

import re
from typing import Any

from hub.ai.shown import untrusted, visible
from hub.clock import rfc3339
from hub.message import Direction, Message, SenderType
from hub.transaction.prompt import METADATA

MASK = "••••••"

_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_ONLY_A_CODE = re.compile(r"\W*(?:[^\W\d]+\W+){0,2}(?:\d[\s-]*){6}\W*")
"""Six digits with at most two words before them: an amount of six digits in a sentence is none."""


def line(message: Message) -> dict[str, Any]:
    """A message. Words of customers are set apart as `untrusted_text`; what was deleted is not shown."""
    inbound = message.direction is Direction.INBOUND
    text = None if message.deleted_at is not None else _masked(message)
    return {
        "message_id": message.id,
        "conversation_seq": message.seq,
        "direction": message.direction,
        "sender": {"type": message.sender.type, "ai": bool(message.metadata.get("ai"))},
        "type": message.type,
        "text": None if inbound or text is None else visible(text)[0],
        "untrusted_text": untrusted(text)["untrusted_text"] if inbound and text is not None else None,
        "timestamp": rfc3339(message.at),
        "status": message.status,
    }


def _masked(message: Message) -> str | None:
    """The text without the codes of the hub's questions, and without a customer's answer that is nothing but one."""
    text = message.text
    if text is None:
        return None
    if message.sender.type is SenderType.SYSTEM or METADATA in message.metadata:
        return _CODE.sub(MASK, text)
    answered = message.direction is Direction.INBOUND and len(text) <= 40 and _ONLY_A_CODE.fullmatch(text)
    return MASK if answered else text
