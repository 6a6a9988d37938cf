"""Who is asking: from the bearer token to the person as he is now.

The token says who signed in; the account says what he may do today. Accounts are kept in memory for a few seconds, so
that a request costs no query, and a change of rights still bites everywhere within that time, here at once.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from itertools import islice
from uuid import UUID

from aiohttp import web

from hub.errors import Unauthenticated
from hub.user import Account
from web.principal import Principal
from web.tokens import AccessTokens

FRESH = 5.0
"""Seconds for which an account is believed without asking again."""
MOST_KEPT = 10_000
"""Accounts kept; above it the one that was read longest ago is forgotten."""
DROPPED = 2
"""Old accounts looked at whenever one is read: more than one, so that a crowd's are gone soon after it."""


class Accounts:
    """The accounts of late, and the check of a request.

    Each of `watchers` is told whose rights changed, and awaited: once a change is answered, it holds for open streams.
    """

    def __init__(
        self,
        find: Callable[[UUID], Awaitable[Account | None]],
        tokens: AccessTokens,
        fresh: float = FRESH,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._find, self._tokens, self._fresh, self._clock = find, tokens, fresh, clock
        self._kept: OrderedDict[UUID, tuple[float, asyncio.Future[Account | None]]] = OrderedDict()
        self.watchers: list[Callable[[Collection[UUID]], Awaitable[None]]] = []

    def __len__(self) -> int:
        return len(self._kept)

    async def authenticate(self, request: web.Request) -> Principal:
        """Who is asking. Raises Unauthenticated, the same for every reason."""
        return await self.principal(bearer(request))

    async def principal(self, token: str) -> Principal:
        """Whose token this is, if it and he are still good. Raises Unauthenticated."""
        claims = self._tokens.verify(token)
        account = await self.get(claims.user_id)
        if account is None or account.user.disabled or claims.session_id not in account.session_ids:
            raise Unauthenticated
        user = account.user
        if user.token_version != claims.token_version:
            raise Unauthenticated
        return Principal(
            user_id=user.id,
            name=user.name,
            role=user.role,
            team_ids=user.team_ids,
            token_version=user.token_version,
            session_id=claims.session_id,
            email=user.email,
        )

    async def get(self, user_id: UUID) -> Account | None:
        """The account, at most a few seconds old. Many who ask at once share one query; its failure is theirs."""
        kept = self._kept.get(user_id)
        if kept is None or kept[0] < self._clock():
            asked = asyncio.ensure_future(self._find(user_id))
            asked.add_done_callback(_seen)
            kept = self._kept[user_id] = (self._clock() + self._fresh, asked)
            self._kept.move_to_end(user_id)
            self._forget()
        try:
            return await asyncio.shield(kept[1])
        except Exception:
            if self._kept.get(user_id) is kept:
                del self._kept[user_id]
            raise

    def _forget(self) -> None:
        """Drops accounts that are no longer believed, and those above the bound; the oldest stand first."""
        for user_id, (until, _) in list(islice(self._kept.items(), DROPPED)):
            if until < self._clock() or len(self._kept) > MOST_KEPT:
                del self._kept[user_id]

    def invalidate(self, user_id: UUID) -> None:
        """The next request asks the database."""
        self._kept.pop(user_id, None)

    async def changed(self, *user_ids: UUID) -> None:
        """The rights, teams or sign-ins of these people changed. Returns when this replica goes by the new ones."""
        for user_id in user_ids:
            self.invalidate(user_id)
        for watch in self.watchers:
            await watch(user_ids)


def _seen(asked: "asyncio.Future[Account | None]") -> None:
    """Those who asked get the failure; when all of them have left, asyncio need not complain about it."""
    if not asked.cancelled():
        asked.exception()


def bearer(request: web.Request) -> str:
    """The token of the one Authorization header. Raises Unauthenticated when there is none, or more than one."""
    given = request.headers.getall("Authorization", [])
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()
