"""Idempotency-Key through the doors."""

import asyncio
import json
from collections.abc import Mapping

import pytest

from hub.rights import Role
from tests.web.conftest import People

URL = "/api/v1/teams"


async def admin(people: People, email: str = "root@example.com") -> dict[str, str]:
    await people.add(email, Role.ADMIN)
    return await people.bearer(email)


async def make(
    people: People, bearer: dict[str, str], key: str, name: str = "Sales"
) -> tuple[int, Mapping[str, str], bytes]:
    answer = await people.client.post(URL, json={"name": name}, headers={**bearer, "Idempotency-Key": key})
    return answer.status, answer.headers, await answer.read()


async def test_the_same_request_again_gets_the_same_answer(people: People) -> None:
    boss = await admin(people)
    status, headers, body = await make(people, boss, "key-1")
    again, replayed, same = await make(people, boss, "key-1")
    assert (status, again) == (201, 201)
    assert body == same
    assert (headers["Location"], headers["ETag"]) == (replayed["Location"], replayed["ETag"])
    assert (headers.get("Idempotent-Replayed"), replayed["Idempotent-Replayed"]) == (None, "true")
    assert headers["X-Request-ID"] != replayed["X-Request-ID"]


async def test_another_request_with_the_key_is_refused(people: People) -> None:
    boss = await admin(people)
    await make(people, boss, "key-1")
    status, _, body = await make(people, boss, "key-1", "Another")
    assert (status, json.loads(body)["code"]) == (422, "idempotency_key_reused")


async def test_keys_are_ones_own(people: People) -> None:
    boss, other = await admin(people), await admin(people, "other@example.com")
    await make(people, boss, "key-1")
    status, headers, _ = await make(people, other, "key-1", "Another")
    assert (status, headers.get("Idempotent-Replayed")) == (201, None)


async def test_what_failed_may_be_tried_again(people: People) -> None:
    boss = await admin(people)
    assert (await make(people, boss, "key-1", " "))[0] == 422
    assert (await make(people, boss, "key-1", "Sales"))[0] == 201


async def test_many_at_once_make_one(people: People) -> None:
    boss = await admin(people)
    made = await asyncio.gather(*(make(people, boss, "key-1") for _ in range(8)))
    assert {status for status, *_ in made} <= {201, 409}
    assert len({body for status, _, body in made if status == 201}) == 1
    assert all("Retry-After" in headers for status, headers, _ in made if status == 409)
    assert len(await people.teams.page(None, None, 10)) == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 256, "a\tb"])
async def test_keys_that_are_none(people: People, key: str) -> None:
    status, _, body = await make(people, await admin(people), key)
    assert (status, json.loads(body)["code"]) == (400, "idempotency_key_invalid")
    assert (await make(people, await people.bearer("root@example.com"), "x" * 255))[0] == 201
