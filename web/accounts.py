"""Who is asking: from the bearer token to the person as he is now.

The token says who signed in; the account says what he may do today. Accounts are kept in memory for a few seconds, so
that a request costs no query, and a change of rights still bites everywhere within that time, here at once.
"""

import time
from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

from aiohttp import web

from hub.errors import Unauthenticated
from hub.user import Account
from web.principal import Principal
from web.recent import Recent
from web.tokens import AccessTokens

FRESH = 5.0
"""Seconds for which an account is believed without asking again."""


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
        self._tokens = tokens
        self._recent = Recent(find, fresh, clock=clock)
        self.watchers: list[Callable[[Collection[UUID]], Awaitable[None]]] = []

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
        """The account, at most a few seconds old."""
        return await self._recent.get(user_id)

    def invalidate(self, user_id: UUID) -> None:
        """The next request asks the database."""
        self._recent.forget(user_id)

    async def changed(self, *user_ids: UUID) -> None:
        """The rights, teams or sign-ins of these people changed. Returns when this replica goes by the new ones."""
        for user_id in user_ids:
            self.invalidate(user_id)
        for watch in self.watchers:
            await watch(user_ids)


def bearer(request: web.Request) -> str:
    """The token of the one Authorization header. Raises Unauthenticated when there is none, or more than one."""
    given = request.headers.getall("Authorization", [])
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()
