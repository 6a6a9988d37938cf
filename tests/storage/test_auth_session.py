"""Sign-ins in the database: rotation, theft, and the limit per user."""

import asyncio
from uuid import UUID

import pytest

from hub.ids import uuid7
from hub.rights import Role
from hub.sign_in import Rotation
from hub.user import NewUser
from storage.auth_session import MOST_PER_USER, Lifetime, SignInStore
from storage.database import Database
from storage.user import UserStore


@pytest.fixture
async def user_id(database: Database) -> UUID:
    return (await UserStore(database).create(NewUser("ana@example.com", "Ana", Role.AGENT, "hash"))).id


async def opened(store: SignInStore, user_id: UUID, token: bytes = b"1") -> UUID:
    session_id = uuid7()
    await store.open(session_id, user_id, token, "Browser", "127.0.0.1")
    return session_id


async def test_each_token_is_good_once(database: Database, user_id: UUID) -> None:
    store = SignInStore(database, Lifetime(grace=0))
    session_id = await opened(store, user_id)
    assert await store.rotate(session_id, b"1", b"2") == (Rotation.ROTATED, user_id)
    assert await store.rotate(session_id, b"2", b"3") == (Rotation.ROTATED, user_id)
    assert await store.rotate(session_id, b"1", b"4") == (Rotation.REUSED, user_id)
    assert await store.rotate(session_id, b"3", b"4") == (Rotation.ENDED, None)


async def test_of_many_at_once_one_is_first(database: Database, user_id: UUID) -> None:
    store = SignInStore(database)
    session_id = await opened(store, user_id)
    outcomes = await asyncio.gather(*(store.rotate(session_id, b"1", f"new {n}".encode()) for n in range(8)))
    assert sorted(outcome for outcome, _ in outcomes) == [Rotation.LATE] * 7 + [Rotation.ROTATED]


async def test_unknown_and_ended(database: Database, user_id: UUID) -> None:
    store = SignInStore(database)
    assert await store.rotate(uuid7(), b"1", b"2") == (Rotation.ENDED, None)
    session_id = await opened(store, user_id)
    assert not await store.end(uuid7(), session_id)
    assert await store.end(user_id, session_id)
    assert await store.rotate(session_id, b"1", b"2") == (Rotation.ENDED, None)
    assert await store.owner(session_id) == user_id


async def test_the_longest_life_ends_it_however_often_it_is_used(database: Database, user_id: UUID) -> None:
    store = SignInStore(database, Lifetime(longest=0))
    session_id = await opened(store, user_id)
    assert await store.rotate(session_id, b"1", b"2") == (Rotation.ENDED, None)
    assert await store.of_user(user_id) == []


async def test_the_oldest_gives_way(database: Database, user_id: UUID) -> None:
    store = SignInStore(database)
    first = await opened(store, user_id, b"first")
    for n in range(MOST_PER_USER):
        await opened(store, user_id, f"{n}".encode())
    kept = {sign_in.id for sign_in in await store.of_user(user_id)}
    assert len(kept) == MOST_PER_USER
    assert first not in kept


async def test_what_ended_long_ago_is_forgotten(database: Database, user_id: UUID) -> None:
    store = SignInStore(database)
    ended, alive = await opened(store, user_id, b"1"), await opened(store, user_id, b"2")
    await store.end(user_id, ended)
    await store.prune(age=-1)
    assert await store.owner(ended) is None
    assert await store.owner(alive) == user_id
