"""Programs at the door: from the bearer secret to the key as it is now, for the doors of its scope and no others."""

import hmac
import logging
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from aiohttp import web

from hub.api_key import ApiKey, ApiKeys, Scope, digest, presented
from hub.errors import Forbidden, Unauthenticated, Unavailable
from hub.rights import Role
from web.accounts import bearer
from web.principal import Principal
from web.recent import Recent

log = logging.getLogger("hub.auth")

FRESH = 1.0
"""Seconds for which a key is believed without asking again: so long a revoked one works on another replica."""

NOTE_EVERY = 60.0
"""Seconds after which the use of a key is noted again."""


class KeyAccess:
    """The check of requests that programs make.

    `person` tells whose access token it is: a person's token at a program's door is refused as such, and the person
    need not guess why. A `/api/v1` request may come from either.
    """

    def __init__(
        self,
        keys: ApiKeys,
        person: Callable[[str], Awaitable[Principal]],
        fresh: float = FRESH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys, self._person, self._clock = keys, person, clock
        self._live = Recent(keys.live, fresh, clock=clock)
        # When the use of a key was last noted here. Bounded by the keys there are: only real ones get in.
        self._noted: dict[UUID, float] = {}

    async def authenticate(self, request: web.Request, scope: Scope) -> Principal:
        """The key of a request to a door of this scope.

        Raises Unauthenticated for no key, or one that is unknown, revoked or expired; Forbidden for a good key of
        another scope and for a person's access token.
        """
        token = bearer(request)
        if presented(token) is None:
            await self._person(token)
            raise Forbidden("This door is for programs: send an API key.")
        return await self.principal(token, scope)

    async def api(self, request: web.Request) -> Principal:
        """Who asks under `/api/v1`: a person, or a key of the scope `api`. Raises Unauthenticated, also for the AI
        agent's key, which is nobody here; Forbidden."""
        token = bearer(request)
        if (said := presented(token)) is not None and said.scope is Scope.AI:
            raise Unauthenticated
        return await (self._person(token) if presented(token) is None else self.principal(token, Scope.API))

    async def principal(self, token: str, scope: Scope) -> Principal:
        """Whose secret this is, if the key is good and of this scope. Raises Unauthenticated, Forbidden."""
        key = await self._prove(token)
        if key.scope is not scope:
            log.info("denied", extra={"principal": f"key:{key.id}", "scope": scope.value})
            raise Forbidden(f"This key has the scope {key.scope}, and {scope} is needed here.")
        await self._note(key)
        return Principal(key.id, key.name, Role.SERVICE, kind="key", rights=key.rights)

    async def live(self, id: UUID, scope: Scope) -> ApiKey:
        """The key of a session that it opened, if it still is one of this scope. Raises Unauthenticated."""
        proof = await self._live.get(id)
        if proof is None or proof.key.scope is not scope:
            raise Unauthenticated
        return proof.key

    async def _prove(self, token: str) -> ApiKey:
        said = presented(token)
        proof = await self._live.get(said.id) if said is not None else None
        if proof is None or not hmac.compare_digest(digest(token), proof.secret_hash):
            raise Unauthenticated
        return proof.key

    async def _note(self, key: ApiKey) -> None:
        """Notes the use now and then. That it could not be noted is no reason to refuse the request."""
        now = self._clock()
        if now - self._noted.get(key.id, -NOTE_EVERY) < NOTE_EVERY:
            return
        self._noted[key.id] = now
        try:
            await self._keys.used(key.id)
        except Unavailable:
            log.warning("the use of a key could not be noted", extra={"principal": f"key:{key.id}"})

    def invalidate(self, id: UUID) -> None:
        """A key was revoked: the next request asks the database."""
        self._live.forget(id)
        self._noted.pop(id, None)
