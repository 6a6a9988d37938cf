"""The same call again: an `Idempotency-Key` is good for one call of one tool by one program, for a day."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import orjson
from attrs import frozen

from hub.ai.call import ToolAnswer, ToolRequest
from hub.ai.session import AiCaller
from hub.ai.tool import Tool
from hub.errors import IdempotencyInFlight, IdempotencyKeyInvalid, IdempotencyKeyReused
from hub.idempotency import Answer, Answers, Claim, Reused, Running
from web.answers import dumps
from web.idempotency import KEY, RETRY_AFTER


@frozen
class Repetitions:
    """Answers that are kept for those who call again."""

    answers: Answers

    async def claim(self, caller: AiCaller, request: ToolRequest, tool: Tool) -> Claim | ToolAnswer | None:
        """The right to carry the call out under its key, the answer of the call that had it before, or None for a call
        without a key. Raises IdempotencyKeyInvalid, IdempotencyKeyReused, IdempotencyInFlight."""
        key = request.idempotency_key
        if key is None:
            return None
        if not KEY.fullmatch(key):
            raise IdempotencyKeyInvalid
        if not tool.keeps_answers:
            return None
        match await self.answers.claim(f"{caller.key}:{tool.name}", key, _hash(caller, request)):
            case Running():
                raise IdempotencyInFlight(retry_after=RETRY_AFTER)
            case Reused():
                raise IdempotencyKeyReused
            case Answer() as kept:
                body = {**orjson.loads(kept.body), "replayed": True}
                return ToolAnswer(kept.status, body, {**kept.headers, "Idempotent-Replayed": "true"})
            case claim:
                return claim

    async def keep(self, claim: Claim | None, status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        """Keeps the answer under the key."""
        if claim is not None:
            location = {name: headers[name] for name in ("Location",) if name in headers}
            await self.answers.settle(claim, Answer(status, location, dumps(dict(body))))

    async def release(self, claim: Claim | None) -> None:
        """Gives the key up: a corrected call may use it."""
        if claim is not None:
            await self.answers.release(claim)


def _hash(caller: AiCaller, request: ToolRequest) -> bytes:
    """What makes two calls the same: the conversation and the arguments."""
    conversation = request.conversation_id if request.conversation_id is not None else caller.conversation_id
    said = json.dumps([str(conversation), request.arguments], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).digest()
