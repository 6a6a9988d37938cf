"""Users: administrators keep them, programs may read them; everybody else sees the names of colleagues."""

from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.errors import AlreadyExists, Forbidden, Invalid, LimitReached, NotFound, StaleVersion
from hub.rights import Permission, Role
from hub.sign_in import Attempts
from hub.user import EMAIL, MOST_EMAIL, NewUser, User, UserChange, Users, same_email
from web import answers, preconditions
from web.accounts import Accounts
from web.address import Addresses
from web.body import path_id, query, read
from web.cursors import Cursors
from web.fields import number, text
from web.paging import Page
from web.passwords import LONGEST, SHORTEST, Passwords, check_new
from web.principal import Principal, principal
from web.routes import Route, Section
from web.team import TeamOf, named

MOST_CAPACITY = 1000

PersonsRole: TypeAlias = Literal["admin", "supervisor", "agent"]
"""A service is a program, and has a key instead of an account."""


@frozen(kw_only=True)
class UserNew:
    """A user to be made."""

    email: str = text(most=MOST_EMAIL, pattern=EMAIL, what="an e-mail address", example="ana@example.com")
    name: str = text(most=120, example="Ana Souza")
    role: PersonsRole
    password: str = text(least=SHORTEST, most=LONGEST, blank=True)
    capacity: int = number(0, MOST_CAPACITY, default=8)


@frozen
class UserPatch:
    """What to change; absent fields stay."""

    email: str | None = text(most=MOST_EMAIL, pattern=EMAIL, what="an e-mail address", default=None)
    name: str | None = text(most=120, default=None)
    role: PersonsRole | None = None
    capacity: int | None = number(0, MOST_CAPACITY, default=None)
    disabled: bool | None = None


@frozen
class PasswordNew:
    """A new password; one's own also needs the current one."""

    password: str = text(least=SHORTEST, most=LONGEST, blank=True)
    current_password: str | None = text(most=LONGEST, blank=True, default=None)


@frozen
class UserSeen:
    """A user as administrators see him."""

    id: UUID
    email: str
    name: str
    role: str
    capacity: int
    disabled: bool
    teams: tuple[TeamOf, ...]
    version: int
    created_at: datetime
    updated_at: datetime


@frozen
class Colleague:
    """A user as colleagues see him."""

    id: UUID
    name: str
    role: str


@frozen
class UsersSeen:
    """A page of users; colleagues get `id`, `name` and `role` only."""

    data: tuple[UserSeen | Colleague, ...]
    next_cursor: str | None


def seen(user: User) -> UserSeen:
    """A user as administrators see him."""
    return UserSeen(
        id=user.id,
        email=user.email,
        name=user.name,
        role=user.role.value,
        capacity=user.capacity,
        disabled=user.disabled,
        teams=tuple(named(team) for team in user.teams),
        version=user.version,
        created_at=user.created_at,
        updated_at=user.updated_at,
    )


def colleague(user: User) -> Colleague:
    """A user as colleagues see him."""
    return Colleague(user.id, user.name, user.role.value)


@frozen
class UserDoors:
    """The doors of users. `shortest`: characters of a new password."""

    users: Users
    attempts: Attempts
    accounts: Accounts
    passwords: Passwords
    cursors: Cursors
    addresses: Addresses
    shortest: int = SHORTEST

    async def show(self, request: web.Request) -> web.Response:
        """Users by name: all of them, or the colleagues of one's teams and oneself."""
        who, page = principal(request), query(request, Page)
        everybody = who.reader.all
        listing = "users" if everybody else f"users:{who.user_id}"
        after = self.cursors.open(listing, page.cursor) if page.cursor else None
        users = await self.users.page(
            None if everybody else who.team_ids,
            who.user_id,
            (after[0], UUID(after[1])) if after else None,
            page.limit + 1,
        )
        show = seen if everybody else colleague
        return answers.json(
            self.cursors.page(listing, users, page.limit, after=lambda user: (user.name, user.id), show=show)
        )

    async def create(self, request: web.Request) -> web.Response:
        """A new user. Raises AlreadyExists, Invalid."""
        given = await read(request, UserNew)
        email = same_email(given.email)
        check_new(given.password, least=self.shortest, about=(email, given.name))
        password_hash = await self.passwords.hash(given.password)
        user = await self.users.create(
            NewUser(email, given.name.strip(), Role(given.role), password_hash, given.capacity)
        )
        response = preconditions.versioned(seen(user), user.version, 201)
        response.headers["Location"] = f"/api/v1/users/{user.id}"
        return response

    async def get(self, request: web.Request) -> web.Response:
        """One user. Raises NotFound, also for an agent or supervisor who asks for somebody else."""
        who, user_id = principal(request), path_id(request)
        user = await self.users.find(user_id) if user_id == who.user_id or who.reader.all else None
        if user is None:
            raise NotFound
        return preconditions.versioned(seen(user), user.version)

    async def change(self, request: web.Request) -> web.Response:
        """Changes a user. Raises NotFound, StaleVersion with the current user, AlreadyExists, Invalid."""
        user_id, version, given = path_id(request), preconditions.if_match(request), await read(request, UserPatch)
        change = UserChange(
            same_email(given.email) if given.email is not None else None,
            given.name.strip() if given.name is not None else None,
            Role(given.role) if given.role else None,
            given.capacity,
            given.disabled,
        )
        try:
            user = await self.users.change(user_id, version, change)
        except StaleVersion:
            raise StaleVersion(extra={"current": await self._current(user_id)}) from None
        await self.accounts.changed(user_id)
        return preconditions.versioned(seen(user), user.version)

    async def _current(self, user_id: UUID) -> object:
        user = await self.users.find(user_id)
        return answers.value(seen(user)) if user else None

    async def password(self, request: web.Request) -> web.Response:
        """A new password: an administrator for anybody, everybody for himself with the current one.

        Ends all other sign-ins. Raises NotFound, Forbidden, Invalid, LimitReached.
        """
        who, user_id, given = principal(request), path_id(request), await read(request, PasswordNew)
        own = user_id == who.user_id
        if not own and not who.may(Permission.USERS_MANAGE):
            raise Forbidden
        found = await self.users.credentials_of(user_id)
        if found is None:
            raise NotFound
        if own:
            await self._prove(request, who, found.password_hash, given.current_password)
        check_new(given.password, least=self.shortest, about=(found.user.email, found.user.name))
        await self.users.set_password(
            user_id, await self.passwords.hash(given.password), who.session_id if own else None
        )
        await self.accounts.changed(user_id)
        return answers.nothing()

    async def _prove(self, request: web.Request, who: Principal, encoded: str, current: str | None) -> None:
        """Guessing the current password from an open browser is held up like guessing it at the door."""
        address = self.addresses.of(request)
        wait = await self.attempts.begin(who.email, address)
        if wait is not None:
            raise LimitReached("Too many wrong passwords. Wait before the next try.", retry_after=wait)
        if current is None or not await self.passwords.matches(encoded, current):
            raise Invalid(errors=[{"path": "$.current_password", "message": "is not the current password"}])
        await self.attempts.succeeded(who.email, address)

    def routes(self) -> list[Route]:
        """Everything under `users`."""
        route, manage = Section("users", "/api/v1/users").route, Permission.USERS_MANAGE
        read_, own = Permission.USERS_READ, Permission.ACCOUNT_USE
        made, changed = (AlreadyExists,), (NotFound, StaleVersion, AlreadyExists)
        set_ = (NotFound, LimitReached)
        return [
            route("GET", "", self.show, "Users, by name", read_, query=Page, returns=UsersSeen),
            route(
                "POST",
                "",
                self.create,
                "Make a user",
                manage,
                body=UserNew,
                returns=UserSeen,
                status=201,
                errors=made,
                idempotent=True,
                atomic=True,
            ),
            route("GET", "/{id}", self.get, "One user", read_, returns=UserSeen, errors=(NotFound,)),
            route(
                "PATCH", "/{id}", self.change, "Change a user", manage, body=UserPatch, returns=UserSeen, errors=changed
            ),
            route(
                "POST",
                "/{id}/password",
                self.password,
                "Set a password",
                own,
                body=PasswordNew,
                status=204,
                errors=set_,
            ),
        ]
