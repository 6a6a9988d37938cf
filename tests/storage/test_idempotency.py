"""Stored answers: one effect per key, however often and however parallel it is asked."""

import asyncio

import pytest

from hub.errors import AlreadyExists, IdempotencyInFlight
from hub.idempotency import Answer, Claim, Reused, Running
from hub.team import TeamKind
from storage.database import Database
from storage.idempotency import AnswerStore
from storage.team import TeamStore

ANSWER = Answer(201, {"Content-Type": "application/json"}, b'{"id":1}')


async def claimed(store: AnswerStore, scope: str = "user:1", request: bytes = b"request") -> Claim:
    claim = await store.claim(scope, "key", request)
    assert isinstance(claim, Claim)
    return claim


async def test_the_answer_is_given_again(database: Database) -> None:
    store = AnswerStore(database)
    await store.settle(await claimed(store), ANSWER)
    assert await store.claim("user:1", "key", b"request") == ANSWER
    assert await store.claim("user:1", "key", b"another") == Reused()


async def test_of_many_at_once_one_runs(database: Database) -> None:
    store = AnswerStore(database)
    found = await asyncio.gather(*(store.claim("user:1", "key", b"request") for _ in range(10)))
    assert sum(isinstance(one, Claim) for one in found) == 1
    assert found.count(Running()) == 9


async def test_principals_do_not_share_keys(database: Database) -> None:
    store = AnswerStore(database)
    await claimed(store)
    await claimed(store, "user:2")


async def test_a_released_key_is_free(database: Database) -> None:
    store = AnswerStore(database)
    await store.release(await claimed(store))
    await claimed(store, request=b"another")


async def test_a_dead_first_request_gives_way_and_cannot_speak_later(database: Database) -> None:
    dead = await claimed(AnswerStore(database))
    store = AnswerStore(database, running=-1)
    successor = await claimed(store)
    await store.settle(dead, Answer(200, {}, b"late"))
    await store.release(dead)
    await store.settle(successor, ANSWER)
    assert await store.claim("user:1", "key", b"request") == ANSWER


async def test_answers_do_not_last_for_ever(database: Database) -> None:
    store = AnswerStore(database)
    await store.settle(await claimed(store), ANSWER)
    late = AnswerStore(database, kept=-1)
    await late.settle(await claimed(late, request=b"another"), ANSWER)
    await late.prune()
    async with database.acquire() as connection:
        assert await connection.fetchval("select count(*) from idempotency_keys") == 0


async def test_the_effect_and_the_answer_are_committed_as_one(database: Database) -> None:
    store, teams = AnswerStore(database), TeamStore(database)
    claim = await claimed(store)

    async def dies_before_the_commit() -> None:
        async with store.together(claim):
            await teams.create("Sales", TeamKind.SUPPORT)
            await store.settle(claim, ANSWER)
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await dies_before_the_commit()
    assert await teams.page(None, None, 10) == []
    assert await store.claim("user:1", "key", b"request") == Running()
    async with store.together(claim):
        made = await teams.create("Sales", TeamKind.SUPPORT)
        await store.settle(claim, ANSWER)
    assert await teams.page(None, None, 10) == [made]
    assert await store.claim("user:1", "key", b"request") == ANSWER


async def test_nobody_takes_over_while_the_effect_is_under_way(database: Database) -> None:
    store, hasty, teams = AnswerStore(database), AnswerStore(database, running=-1), TeamStore(database)
    claim = await claimed(store)
    async with store.together(claim):
        await teams.create("Sales", TeamKind.SUPPORT)
        other = asyncio.create_task(hasty.claim("user:1", "key", b"request"))  # another task: not of this transaction
        assert await other == Running()
    assert isinstance(await hasty.claim("user:1", "key", b"request"), Claim)


async def test_who_was_taken_for_dead_does_nothing_any_more(database: Database) -> None:
    late, teams = await claimed(AnswerStore(database)), TeamStore(database)
    store = AnswerStore(database, running=-1)
    await claimed(store)
    with pytest.raises(IdempotencyInFlight):
        async with store.together(late):
            await teams.create("Sales", TeamKind.SUPPORT)
    assert await teams.page(None, None, 10) == []


async def test_a_refusal_inside_is_undone_alone(database: Database) -> None:
    store, teams = AnswerStore(database), TeamStore(database)
    claim = await claimed(store)
    async with store.together(claim):
        await teams.create("Sales", TeamKind.SUPPORT)
        with pytest.raises(AlreadyExists):
            await teams.create("Sales", TeamKind.SUPPORT)
        await teams.create("Support", TeamKind.SUPPORT)
    assert {team.name for team in await teams.page(None, None, 10)} == {"Sales", "Support"}
