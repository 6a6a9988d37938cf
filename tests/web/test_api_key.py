"""The doors of keys: made by administrators, shown once, ended at once; and what each scope opens."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from hub.api_key import NewApiKey, Scope
from hub.rights import RIGHTS, Permission, Role
from storage.database import Database
from tests.web.desk_stage import DeskStage, staged_desk

KEYS = "api-keys"


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[DeskStage]:
    async with staged_desk(database, aiohttp_client) as stage:
        _, stage.headers = await stage.somebody(Role.ADMIN, in_team=False)
        yield stage


async def key(desk: DeskStage, scope: Scope, *permissions: Permission) -> dict[str, str]:
    """What a program with a new key sends."""
    narrowed = frozenset(permissions) if permissions else None
    _, secret = await desk.api_keys.create(NewApiKey("Program", scope, permissions=narrowed))
    return {"Authorization": f"Bearer {secret}"}


async def test_a_key_is_made_used_listed_and_revoked(desk: DeskStage) -> None:
    answer = await desk.ask("POST", KEYS, {"name": " Import ", "scope": "api", "permissions": ["conversations:read"]})
    assert answer.status == 201, await answer.text()
    made = await answer.json()
    assert answer.headers["Location"] == f"/api/v1/api-keys/{made['id']}"
    assert (made["name"], made["scope"], made["permissions"]) == ("Import", "api", ["conversations:read"])
    program = {"Authorization": f"Bearer {made['secret']}"}
    await desk.says()
    assert len((await desk.get("conversations", program))["data"]) == 1
    assert (await desk.ask("GET", "templates", headers=program)).status == 403
    (listed,) = (await desk.get(KEYS))["data"]
    assert listed == await desk.get(f"{KEYS}/{made['id']}")
    assert listed["last_used_at"] is not None
    assert "secret" not in listed
    assert (await desk.ask("DELETE", f"{KEYS}/{made['id']}")).status == 204
    assert (await desk.ask("GET", "conversations", headers=program)).status == 401
    assert (await desk.ask("DELETE", f"{KEYS}/{made['id']}")).status == 404
    assert (await desk.ask("GET", f"{KEYS}/{made['id']}")).status == 404
    assert (await desk.get(KEYS))["data"] == []


async def test_a_repeated_request_makes_no_second_key_and_its_secret_is_stored_nowhere(desk: DeskStage) -> None:
    body = {"name": "Import", "scope": "ai"}
    first = await desk.ask("POST", KEYS, body, Idempotency_Key="once")
    again = await desk.ask("POST", KEYS, body, Idempotency_Key="once")
    made = await first.json()
    assert again.status == 201
    assert again.headers["Idempotent-Replayed"] == "true"
    assert await again.json() == {**made, "secret": None}
    assert await desk.value("select count(*) from api_keys") == 1
    stored = await desk.value("select convert_from(body, 'utf8') from idempotency_keys")
    assert made["id"] in stored
    assert made["secret"] not in stored


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"name": "", "scope": "api"}, "$.name"),
        ({"name": "x", "scope": "root"}, "$.scope"),
        ({"name": "x", "scope": "api", "expires_at": "2020-01-01T00:00:00Z"}, "$.expires_at"),
        ({"name": "x", "scope": "ai", "permissions": []}, "$.permissions"),
        ({"name": "x", "scope": "api", "permissions": ["users:manage"]}, "$.permissions"),
        ({"name": "x", "scope": "api", "permissions": ["nothing:much"]}, "$.permissions[0]"),
        ({"name": "x", "scope": "api", "role": "admin"}, "$.role"),
    ],
)
async def test_what_a_key_cannot_be(desk: DeskStage, body: dict[str, Any], path: str) -> None:
    answer = await desk.ask("POST", KEYS, body)
    assert answer.status == 422
    assert [error["path"] for error in (await answer.json())["errors"]] == [path]


async def test_an_expired_key_opens_nothing(desk: DeskStage) -> None:
    program = await key(desk, Scope.API)
    async with desk.database.acquire() as connection:
        await connection.execute("update api_keys set expires_at = clock_timestamp()")
    assert (await desk.ask("GET", "conversations", headers=program)).status == 401


async def test_keys_come_in_pages(desk: DeskStage) -> None:
    for _ in range(3):
        await key(desk, Scope.CHAT_APP)
    first = await desk.get(f"{KEYS}?limit=2")
    rest = await desk.get(f"{KEYS}?limit=2&cursor={first['next_cursor']}")
    assert (len(first["data"]), len(rest["data"]), rest["next_cursor"]) == (2, 1, None)
    assert len({one["id"] for one in first["data"] + rest["data"]}) == 3


async def test_every_door_of_the_api_asks_a_key_for_its_scope_and_permission(desk: DeskStage) -> None:
    """The same matrix as for people: scope by route, and for `api` with all rights, one right, and none. An AI agent's
    key is nobody's here."""
    keys = {
        "chat_app": (await key(desk, Scope.CHAT_APP), frozenset()),
        "ai": (await key(desk, Scope.AI), frozenset()),
        "api": (await key(desk, Scope.API), RIGHTS[Role.SERVICE]),
        "narrow": (await key(desk, Scope.API, Permission.MEDIA_READ), frozenset({Permission.MEDIA_READ})),
        "mute": (await key(desk, Scope.API, Permission.USERS_MANAGE), frozenset()),
    }
    wrong = []
    for route in desk.routes():
        if route.permission is None:
            continue
        path = re.sub(r"\{\w+\}", str(uuid4()), route.path)
        for name, (program, rights) in keys.items():
            answer = await desk.client.request(route.method, path, headers=program)
            refused = 401 if name == "ai" else 403
            let_in = answer.status not in (401, 403, 500)
            right = let_in if route.permission in rights else answer.status == refused
            if not right:
                wrong.append(f"{route.method} {route.path}: {name} got {answer.status}")
    assert not wrong, "\n".join(wrong)


async def test_a_program_reads_who_works_here(desk: DeskStage) -> None:
    program = await key(desk, Scope.API, Permission.USERS_READ, Permission.TEAMS_READ)
    people = (await desk.get("users", program))["data"]
    assert "ana@example.com" in {person["email"] for person in people}
    assert (await desk.get(f"users/{desk.ana.id}", program))["role"] == "agent"
    (team,) = (await desk.get("teams", program))["data"]
    assert team["member_ids"] == [str(desk.ana.id)]
    assert (await desk.get(f"teams/{team['id']}", program))["name"] == "Support"


async def test_a_program_sees_all_conversations_and_takes_none(desk: DeskStage) -> None:
    program = await key(desk, Scope.API)
    conversation = await desk.says()
    assert (await desk.ask("GET", f"conversations/{conversation}", headers=program)).status == 200
    assert (await desk.ask("POST", f"conversations/{conversation}/take", headers=program)).status == 403
    read = await desk.ask("PUT", f"conversations/{conversation}/read", {"conversation_seq": 1}, headers=program)
    assert read.status == 403
    sent = await desk.ask(
        "POST", f"conversations/{conversation}/messages", {"client_id": str(uuid4()), "text": "Olá"}, headers=program
    )
    assert sent.status == 201, await sent.text()
    assert (await sent.json())["sender"]["name"] == "Program"
