"""Where a person is signed in, and signing out there."""

from datetime import datetime
from uuid import UUID

from aiohttp import web
from attrs import frozen

from hub.errors import NotFound
from hub.rights import Permission
from hub.sign_in import SignIns
from web import answers
from web.accounts import Accounts
from web.body import path_id
from web.principal import principal
from web.routes import Route, Section


@frozen
class SignInSeen:
    """One browser that is signed in; `current` is the one that asks."""

    id: UUID
    user_agent: str | None
    address: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool


@frozen
class SignInsSeen:
    """All browsers that are signed in."""

    data: tuple[SignInSeen, ...]
    next_cursor: str | None


@frozen
class SignInDoors:
    """The doors of one's own sign-ins."""

    sign_ins: SignIns
    accounts: Accounts

    async def show(self, request: web.Request) -> web.Response:
        """The person's sign-ins."""
        asker = principal(request)
        shown = tuple(
            SignInSeen(
                s.id, s.user_agent, s.address, s.created_at, s.last_used_at, s.expires_at, s.id == asker.session_id
            )
            for s in await self.sign_ins.of_user(asker.user_id)
        )
        return answers.json(SignInsSeen(shown, None))

    async def end(self, request: web.Request) -> web.Response:
        """Ends one of the person's sign-ins. Raises NotFound."""
        asker = principal(request)
        if not await self.sign_ins.end(asker.user_id, path_id(request)):
            raise NotFound
        await self.accounts.changed(asker.user_id)
        return answers.nothing()

    async def end_others(self, request: web.Request) -> web.Response:
        """Ends all of the person's sign-ins but the one that asks."""
        asker = principal(request)
        await self.sign_ins.end_others(asker.user_id, asker.session_id)
        await self.accounts.changed(asker.user_id)
        return answers.nothing()

    def routes(self) -> list[Route]:
        """Everything under `auth/sessions`."""
        route, use = Section("auth", "/api/v1/auth/sessions").route, Permission.ACCOUNT_USE
        return [
            route("GET", "", self.show, "Where I am signed in", use, returns=SignInsSeen),
            route("DELETE", "", self.end_others, "Sign out everywhere else", use, status=204),
            route("DELETE", "/{id}", self.end, "Sign out there", use, status=204, errors=(NotFound,)),
        ]
