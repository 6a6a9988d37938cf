"""The doors of people on a real database, and people to go through them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient
from prometheus_client import CollectorRegistry

from hub.errors import Unauthenticated
from hub.rights import Role
from hub.team import TeamKind
from hub.user import NewUser, User
from storage.api_key import ApiKeyStore
from storage.auth_session import SignInStore
from storage.database import Database
from storage.idempotency import AnswerStore
from storage.login_attempt import AttemptStore
from storage.team import TeamStore
from storage.user import UserStore
from web import keys, metrics, server
from web.accounts import Accounts
from web.address import Addresses
from web.api_key import ApiKeyDoors
from web.auth import Auth
from web.cookie import Cookie
from web.cursors import Cursors
from web.gathered import Gathered
from web.health import Flags, Health
from web.idempotency import Idempotency
from web.key_access import KeyAccess
from web.passwords import Passwords
from web.principal import Principal
from web.problem_pages import ProblemPages
from web.routes import Handler, Route
from web.sign_in import SignInDoors
from web.team import TeamDoors
from web.tokens import AccessTokens, RefreshTokens
from web.user import UserDoors

SECRET = "a secret for tests, longer than 32 bytes"
Client: TypeAlias = TestClient[web.Request, web.Application]
PASSWORD = "correct horse battery"


class People:
    """A hub of people: its stores and parts, and a client that talks to it."""

    client: Client

    def __init__(self, database: Database) -> None:
        self.database = database
        self.passwords = Passwords(memory_kib=8)
        self.flags = Flags()
        self.users, self.teams = UserStore(database), TeamStore(database)
        self.sign_ins, self.attempts = SignInStore(database), AttemptStore(database)
        self.answers = AnswerStore(database)
        self.tokens = AccessTokens(keys.ring([SECRET], "access token"))
        self.refreshing = RefreshTokens(keys.ring([SECRET], "refresh token"))
        self.cursors = Cursors(keys.ring([SECRET], "cursor"))
        self.accounts = Accounts(Gathered(self.users.accounts), self.tokens)
        self.api_keys = ApiKeyStore(database)
        self.key_access = KeyAccess(self.api_keys, self.accounts.principal)

    def routes(self) -> list[Route]:
        addresses = Addresses()
        auth = Auth(
            users=self.users, sign_ins=self.sign_ins, attempts=self.attempts, accounts=self.accounts,
            passwords=self.passwords, access=self.tokens, refreshing=self.refreshing, cookie=Cookie(secure=False),
            addresses=addresses,
        )  # fmt: skip
        users = UserDoors(self.users, self.attempts, self.accounts, self.passwords, self.cursors, addresses)
        return [
            *auth.routes(),
            *SignInDoors(self.sign_ins, self.accounts).routes(),
            *users.routes(),
            *TeamDoors(self.teams, self.accounts, self.cursors).routes(),
            *ApiKeyDoors(self.api_keys, self.key_access, self.cursors, lambda: datetime.now(UTC)).routes(),
            *ProblemPages().routes(),
            *Health(self.flags).routes(),
        ]

    async def add(self, email: str, role: Role = Role.AGENT, name: str = "Somebody") -> User:
        return await self.users.create(NewUser(email, name, role, await self.passwords.hash(PASSWORD)))

    async def login(self, email: str, password: str = PASSWORD) -> ClientResponse:
        return await self.client.post("/api/v1/auth/login", json={"email": email, "password": password})

    async def bearer(self, email: str) -> dict[str, str]:
        answer = await self.login(email)
        assert answer.status == 200, await answer.text()
        return {"Authorization": f"Bearer {(await answer.json())['access_token']}"}

    async def member(self, name: str, *user_ids: UUID) -> UUID:
        """A team with these members."""
        team = await self.teams.create(name, TeamKind.SUPPORT)
        for user_id in user_ids:
            await self.teams.add_member(team.id, user_id)
            self.accounts.invalidate(user_id)
        return team.id


@pytest.fixture
async def people(database: Database, aiohttp_client: Any) -> People:
    """People's doors on an empty database."""
    people = People(database)
    app = server.build(
        people.routes(),
        authenticate=people.key_access.api,
        replay=Idempotency(people.answers),
        requests=metrics.Requests(metrics.registry("test")),
        flags=people.flags,
    )
    people.client = await aiohttp_client(app)
    return people


OpenDoors = Callable[..., Awaitable[Client]]


async def nobody(_request: web.Request) -> Principal:
    """Nobody is signed in."""
    raise Unauthenticated


async def once(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Runs the handler without looking for an Idempotency-Key."""
    return await handler(request)


@pytest.fixture
def open_doors(aiohttp_client: Any) -> OpenDoors:
    """A client of a server with just these routes, and no database behind them."""

    async def opened(*routes: Route, registry: CollectorRegistry | None = None, **options: Any) -> Client:
        given: dict[str, Any] = {"authenticate": nobody, "replay": once, "flags": Flags(essential=())} | options
        requests = metrics.Requests(registry or metrics.registry("test"))
        client: Client = await aiohttp_client(server.build(routes, requests=requests, **given))
        return client

    return opened


def get(path: str, handler: Handler, **more: Any) -> Route:
    """An open route."""
    return Route(method=more.pop("method", "GET"), path=path, handler=handler, summary="", permission=None, **more)
