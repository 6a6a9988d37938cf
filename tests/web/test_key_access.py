"""Keys at the door: the right scope, the right secret, and not after they were revoked."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from hub.api_key import NewApiKey, Scope
from hub.errors import Forbidden, Unauthenticated, Unavailable
from hub.rights import RIGHTS, Permission, Role
from storage.api_key import ApiKeyStore
from storage.database import Database
from web.key_access import NOTE_EVERY, KeyAccess
from web.principal import Principal

ANA = Principal(uuid4(), "Ana", Role.AGENT)


def asking(token: str) -> web.Request:
    return make_mocked_request("GET", "/", {"Authorization": f"Bearer {token}"})


class Counted(ApiKeyStore):
    """The real store, with its calls counted, and notes that fail when told to."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.asked, self.noted, self.down = 0, 0, False

    async def live(self, id: UUID) -> Any:
        self.asked += 1
        return await super().live(id)

    async def used(self, id: UUID) -> None:
        if self.down:
            raise Unavailable
        self.noted += 1
        await super().used(id)


class Door:
    """The check, on a clock of its own."""

    def __init__(self, database: Database) -> None:
        self.now = 1000.0
        self.keys = Counted(database)
        self.access = KeyAccess(self.keys, self._person, clock=lambda: self.now)

    async def _person(self, token: str) -> Principal:
        if token != "anas token":
            raise Unauthenticated
        return ANA


@pytest.fixture
def door(database: Database) -> Door:
    return Door(database)


@pytest.mark.parametrize("scope", Scope)
async def test_a_key_opens_the_doors_of_its_scope_and_no_others(door: Door, scope: Scope) -> None:
    made, secret = await door.keys.create(NewApiKey("Import", scope))
    who = await door.access.authenticate(asking(secret), scope)
    assert (who.key, who.name, who.role) == (f"key:{made.id}", "Import", Role.SERVICE)
    assert who.rights == (RIGHTS[Role.SERVICE] if scope is Scope.API else frozenset())
    assert who.reader.all
    for other in set(Scope) - {scope}:
        with pytest.raises(Forbidden):
            await door.access.authenticate(asking(secret), other)
    if scope is not Scope.API:
        with pytest.raises(Unauthenticated if scope is Scope.AI else Forbidden):
            await door.access.api(asking(secret))


async def test_only_the_right_secret_counts(door: Door) -> None:
    made, secret = await door.keys.create(NewApiKey("Import", Scope.API))
    changed = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    foreign = secret.replace(made.id.hex, uuid4().hex)
    other_scope = secret.replace("hub_api_", "hub_ai_")
    for wrong in (changed, foreign, other_scope, "", "hub_api_"):
        with pytest.raises(Unauthenticated):
            await door.access.authenticate(asking(wrong), Scope.API)


async def test_a_person_is_told_that_this_is_for_programs(door: Door) -> None:
    with pytest.raises(Forbidden):
        await door.access.authenticate(asking("anas token"), Scope.CHAT_APP)
    with pytest.raises(Unauthenticated):
        await door.access.authenticate(asking("nobodys token"), Scope.CHAT_APP)
    assert await door.access.api(asking("anas token")) is ANA


async def test_a_session_lives_as_long_as_its_key(door: Door) -> None:
    made, _ = await door.keys.create(NewApiKey("Helper", Scope.AI))
    assert (await door.access.live(made.id, Scope.AI)).name == "Helper"
    for id, scope in ((made.id, Scope.API), (uuid4(), Scope.AI)):
        with pytest.raises(Unauthenticated):
            await door.access.live(id, scope)
    await door.keys.revoke(made.id)
    door.access.invalidate(made.id)
    with pytest.raises(Unauthenticated):
        await door.access.live(made.id, Scope.AI)


async def test_a_revoked_key_is_believed_for_a_second_at_most(door: Door) -> None:
    made, secret = await door.keys.create(NewApiKey("Import", Scope.API))
    await door.access.principal(secret, Scope.API)
    await door.keys.revoke(made.id)
    door.now += 1.001
    with pytest.raises(Unauthenticated):
        await door.access.principal(secret, Scope.API)


async def test_a_key_that_is_revoked_here_is_refused_at_once(door: Door) -> None:
    made, secret = await door.keys.create(NewApiKey("Import", Scope.API))
    await door.access.principal(secret, Scope.API)
    await door.keys.revoke(made.id)
    door.access.invalidate(made.id)
    with pytest.raises(Unauthenticated):
        await door.access.principal(secret, Scope.API)


async def test_many_requests_cost_one_question_and_one_note(door: Door) -> None:
    _, secret = await door.keys.create(NewApiKey("Import", Scope.API))
    for _ in range(20):
        await door.access.principal(secret, Scope.API)
    assert (door.keys.asked, door.keys.noted) == (1, 1)
    door.now += NOTE_EVERY
    await door.access.principal(secret, Scope.API)
    assert (door.keys.asked, door.keys.noted) == (2, 2)


async def test_that_its_use_cannot_be_noted_keeps_nobody_out(door: Door) -> None:
    _, secret = await door.keys.create(NewApiKey("Import", Scope.API, permissions=frozenset({Permission.SEARCH_USE})))
    door.keys.down = True
    who = await door.access.principal(secret, Scope.API)
    assert who.may(Permission.SEARCH_USE)
    assert not who.may(Permission.MEDIA_READ)
