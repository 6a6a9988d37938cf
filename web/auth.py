"""Signing in and out: a short-lived access token in the answer, a rotating refresh token in a cookie.

Whatever is wrong with a sign-in, the answer is the same and takes as long.
"""

import logging
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.errors import Forbidden, LimitReached, Unauthenticated
from hub.ids import uuid7
from hub.rights import RIGHTS, Permission
from hub.sign_in import Attempts, Rotation, SignIns
from hub.user import MOST_EMAIL, User, Users, same_email
from web import answers
from web.accounts import Accounts, bearer
from web.address import Addresses
from web.body import read
from web.cookie import Cookie, same_site
from web.fields import text
from web.passwords import LONGEST, Passwords
from web.principal import principal
from web.routes import Route, Section
from web.team import TeamOf, named
from web.tokens import AccessTokens, RefreshTokens, digest

log = logging.getLogger("hub.auth")


@frozen
class Login:
    """Who wants in."""

    email: str = text(most=MOST_EMAIL, example="ana@example.com")
    password: str = text(most=LONGEST, blank=True, example="correct horse battery staple")


@frozen
class Me:
    """The signed-in person."""

    id: UUID
    email: str
    name: str
    role: str
    teams: tuple[TeamOf, ...]
    capacity: int
    permissions: tuple[str, ...]


@frozen
class SignedIn:
    """An access token for `expires_in` seconds, to be sent as `Authorization: Bearer`."""

    access_token: str
    expires_in: int
    user: Me


def me(user: User) -> Me:
    """A user as he sees himself."""
    teams = tuple(named(team) for team in user.teams)
    rights = tuple(sorted(RIGHTS[user.role]))
    return Me(user.id, user.email, user.name, user.role.value, teams, user.capacity, rights)


@frozen
class Auth:
    """The doors of signing in."""

    users: Users
    sign_ins: SignIns
    attempts: Attempts
    accounts: Accounts
    passwords: Passwords
    access: AccessTokens
    refreshing: RefreshTokens
    cookie: Cookie
    addresses: Addresses

    async def login(self, request: web.Request) -> web.Response:
        """E-mail and password for tokens. Raises Unauthenticated, LimitReached."""
        given = await read(request, Login)
        email, address = same_email(given.email), self.addresses.of(request)
        wait = await self.attempts.begin(email, address)
        if wait is not None:
            log.warning("sign-in refused: too many attempts", extra={"address": address})
            raise LimitReached("Too many attempts to sign in. Wait before the next one.", retry_after=wait)
        user = await self._check(email, given.password)
        if user is None:
            log.warning("sign-in failed", extra={"address": address})
            raise Unauthenticated("The e-mail or the password is wrong.")
        await self.attempts.succeeded(email, address)
        session_id = uuid7()
        token = self.refreshing.issue(session_id)
        agent = request.headers.get("User-Agent", "")[:256] or None
        await self.sign_ins.open(session_id, user.id, digest(token), agent, address)
        self.accounts.invalidate(user.id)
        log.info("signed in", extra={"user_id": str(user.id), "address": address})
        return self._welcome(user, session_id, token)

    async def _check(self, email: str, password: str) -> User | None:
        found = await self.users.credentials(email)
        right = await self.passwords.matches(found.password_hash if found else None, password)
        if found is None or not right or found.user.disabled:
            return None
        if self.passwords.outdated(found.password_hash):
            await self.users.rehash(found.user.id, found.password_hash, await self.passwords.hash(password))
        return found.user

    def _welcome(self, user: User, session_id: UUID, refresh_token: str) -> web.Response:
        access_token = self.access.issue(user.id, session_id, user.token_version)
        response = answers.json(SignedIn(access_token, self.access.life, me(user)))
        self.cookie.put(response, refresh_token)
        return response

    async def refresh(self, request: web.Request) -> web.Response:
        """The cookie for new tokens. A token used before ends its sign-in. Raises Unauthenticated, Forbidden."""
        same_site(request)
        shown = request.cookies.get(self.cookie.name, "")
        session_id = self.refreshing.session_of(shown)
        fresh = self.refreshing.issue(session_id)
        outcome, user_id = await self.sign_ins.rotate(session_id, digest(shown), digest(fresh))
        if outcome is Rotation.REUSED and user_id is not None:
            log.warning("a used refresh token was shown; its sign-in is ended", extra={"user_id": str(user_id)})
            await self.accounts.changed(user_id)
        user = await self.users.find(user_id) if outcome is Rotation.ROTATED and user_id is not None else None
        if user is None or user.disabled:
            raise Unauthenticated
        return self._welcome(user, session_id, fresh)

    async def logout(self, request: web.Request) -> web.Response:
        """Ends the sign-in of the cookie, and that of the access token if one is sent. 204 also when there was none."""
        same_site(request)
        for user_id, session_id in await self._shown(request):
            await self.sign_ins.end(user_id, session_id)
            await self.accounts.changed(user_id)
        response = answers.nothing()
        self.cookie.clear(response)
        return response

    async def _shown(self, request: web.Request) -> list[tuple[UUID, UUID]]:
        found = []
        try:
            session_id = self.refreshing.session_of(request.cookies.get(self.cookie.name, ""))
            owner = await self.sign_ins.owner(session_id)
            found += [(owner, session_id)] if owner else []
        except Unauthenticated:
            log.debug("signing out without a cookie of ours")
        try:
            claims = self.access.verify(bearer(request))
            found.append((claims.user_id, claims.session_id))
        except Unauthenticated:
            log.debug("signing out without an access token")
        return found

    async def who(self, request: web.Request) -> web.Response:
        """The signed-in person."""
        account = await self.accounts.get(principal(request).user_id)
        if account is None:
            raise Unauthenticated
        return answers.json(me(account.user))

    def routes(self) -> list[Route]:
        """Signing in and out."""
        route = Section("auth", "/api/v1/auth").route
        refused, cookies = (Unauthenticated, LimitReached), (Forbidden, Unauthenticated)
        return [
            route(
                "POST", "/login", self.login, "Sign in", body=Login, returns=SignedIn, errors=refused, body_limit=8192
            ),
            route("POST", "/refresh", self.refresh, "New tokens for the cookie", returns=SignedIn, errors=cookies),
            route("POST", "/logout", self.logout, "Sign out", status=204, errors=cookies[:1]),
            route("GET", "/me", self.who, "Who I am", Permission.ACCOUNT_USE, returns=Me),
        ]
