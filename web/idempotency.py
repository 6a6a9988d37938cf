"""Idempotency-Key: the same request again gets the stored answer instead of a second effect.

Only answers that say something was done are kept. A request that failed has left nothing behind, so its key is free
again at once and a corrected request may use it.

A process may die between the effect and the answer. What a handler writes itself is therefore committed together with
its answer (`atomic` routes); what actors write through the journal has a name (`effect_id`, a client's id, or the state
that is asked for) by which the conversation knows it when the request is run again.
"""

import hashlib
import re
from uuid import UUID

from aiohttp import web

from hub.errors import IdempotencyInFlight, IdempotencyKeyInvalid, IdempotencyKeyReused
from hub.idempotency import Answer, Answers, Claim, Reused, Running
from web.body import raw
from web.principal import principal
from web.routes import ROUTE, Handler

KEY = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS = ("Content-Type", "ETag", "Location")
CLAIM = web.RequestKey("claim", Claim)
REPLAYED = web.ResponseKey("replayed", bytes)
"""On an answer: the body that is kept for repetitions in its place, for one that holds what may not be stored."""

RETRY_AFTER = 1  # seconds after which one in flight may be asked for again


class Idempotency:
    """Runs handlers of routes that act."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Runs the handler for the signed-in caller; without the header simply runs it.

        Raises IdempotencyKeyInvalid, IdempotencyKeyReused, IdempotencyInFlight.
        """
        if "Idempotency-Key" not in request.headers:
            return await handler(request)
        return await self.run(principal(request).key, request, handler)

    async def run(self, scope: str, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The same for a caller whose name is `scope`, on routes with a sign-in of their own."""
        key = request.headers.get("Idempotency-Key", "")
        if not KEY.fullmatch(key):
            raise IdempotencyKeyInvalid
        found = await self._answers.claim(scope, key, await _hash(request))
        match found:
            case Running():
                raise IdempotencyInFlight(retry_after=RETRY_AFTER)
            case Reused():
                raise IdempotencyKeyReused
            case Answer():
                headers = {**found.headers, "Idempotent-Replayed": "true"}
                return web.Response(status=found.status, headers=headers, body=found.body)
        return await self._first(found, request, handler)

    async def _first(self, claim: Claim, request: web.Request, handler: Handler) -> web.StreamResponse:
        request[CLAIM] = claim
        try:
            if request[ROUTE].atomic:
                async with self._answers.together(claim):
                    return await self._run(claim, request, handler)
            return await self._run(claim, request, handler)
        except BaseException:
            await self._answers.release(claim)
            raise

    async def _run(self, claim: Claim, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if response.status < 400 and isinstance(response, web.Response) and isinstance(response.body, bytes | None):
            headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
            body = response.get(REPLAYED, response.body or b"")
            await self._answers.settle(claim, Answer(response.status, headers, body))
        else:
            await self._answers.release(claim)
        return response


def effect_id(request: web.Request) -> UUID | None:
    """A name for what this request makes, by which a repetition finds it; None without an Idempotency-Key."""
    claim: Claim | None = request.get(CLAIM)
    return claim.effect_id if claim is not None else None


async def _hash(request: web.Request) -> bytes:
    """What makes two requests the same: method, address with query, and body."""
    head = f"{request.method} {request.rel_url.raw_path_qs}\n".encode()
    return hashlib.sha256(head + await raw(request)).digest()
