"""Signing in, refreshing, signing out, and what must not open the door."""

import asyncio
import json
import time
from http.cookies import SimpleCookie
from typing import Any

import jwt
import pytest
from aiohttp import ClientResponse

from hub.rights import Role
from tests.web.conftest import PASSWORD, SECRET, People
from web import keys
from web.tokens import RefreshTokens

OURS = {"X-Requested-With": "hub"}


def cookie_of(answer: ClientResponse) -> str:
    return answer.cookies["hub_refresh"].value


async def refresh(people: People, token: str, **headers: str) -> ClientResponse:
    people.client.session.cookie_jar.clear()
    sent = {**OURS, "Cookie": f"hub_refresh={token}", **headers}
    return await people.client.post("/api/v1/auth/refresh", headers=sent)


async def test_login_answers_tokens_and_the_person(people: People) -> None:
    ana = await people.add("ana@example.com", name="Ana")
    team_id = await people.member("Support", ana.id)
    answer = await people.login("ana@example.com")
    body = await answer.json()
    assert answer.status == 200
    assert body["expires_in"] == 900
    assert body["user"]["teams"] == [{"id": str(team_id), "name": "Support", "kind": "support"}]
    assert (body["user"]["id"], body["user"]["role"]) == (str(ana.id), "agent")
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["hub_refresh"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Strict", "/", "")
    me = await people.client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert (await me.json())["email"] == "ana@example.com"


async def test_email_is_one_account_however_it_is_written(people: People) -> None:
    await people.add("ana@example.com")
    assert (await people.login(" ANA@Example.com ")).status == 200


async def test_unknown_person_and_wrong_password_look_alike(people: People) -> None:
    await people.add("ana@example.com")
    bodies = []
    for email in ("ana@example.com", "nobody@example.com"):
        answer = await people.login(email, "wrong wrong wrong")
        body = await answer.json()
        body.pop("request_id")
        bodies.append((answer.status, answer.headers["WWW-Authenticate"], body))
    assert bodies[0] == bodies[1]
    assert bodies[0][0] == 401


async def test_unknown_person_costs_a_hash_too(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    matches = people.passwords.matches

    async def counted(encoded: str | None, password: str) -> bool:
        compared.append(encoded)
        return await matches(encoded, password)

    monkeypatch.setattr(people.passwords, "matches", counted)
    await people.login("nobody@example.com")
    assert compared == [None]


async def test_disabled_person_cannot_sign_in(people: People) -> None:
    boss = await people.bearer((await people.add("root@example.com", Role.ADMIN)).email)
    ana = await people.add("ana@example.com")
    await people.client.patch(f"/api/v1/users/{ana.id}", json={"disabled": True}, headers=boss)
    assert (await people.login("ana@example.com")).status == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"email": "a@b.c"}, 422),
        ({"email": [], "password": PASSWORD}, 422),
        ({"email": "a@b.c", "password": ["x"]}, 422),
        ({"email": "a@b.c", "password": "x\0y"}, 422),
        ({"email": "a@b.c", "password": "x" * 1025}, 422),
        ({"email": "a@b.c", "password": "x" * 1_000_000}, 413),
        ({"email": "a@b.c", "password": "x", "role": "admin"}, 422),
        ([], 422),
    ],
)
async def test_login_bodies_that_are_none(people: People, body: object, status: int) -> None:
    answer = await people.client.post("/api/v1/auth/login", json=body)
    assert answer.status == status


async def test_guessing_is_held_up_and_so_is_the_right_password(people: People) -> None:
    await people.add("ana@example.com")
    statuses = [(await people.login("ana@example.com", f"guess number {n}")).status for n in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    held = await people.login("ana@example.com")
    assert held.status == 429
    assert 1 <= int(held.headers["Retry-After"]) <= 900


async def test_guesses_at_once_are_counted_one_by_one(people: People) -> None:
    answers = await asyncio.gather(*(people.login("nobody@example.com", "wrong password") for _ in range(20)))
    assert sorted(answer.status for answer in answers) == [401] * 10 + [429] * 10


async def test_the_lock_opens_again(people: People) -> None:
    await people.add("ana@example.com")
    for n in range(11):
        await people.login("ana@example.com", f"guess number {n}")
    async with people.database.acquire() as connection:
        await connection.execute("update login_attempts set blocked_until = clock_timestamp() - interval '1 second'")
    assert (await people.login("ana@example.com")).status == 200
    assert (await people.login("ana@example.com", "wrong again")).status == 401


async def test_refresh_rotates(people: People) -> None:
    await people.add("ana@example.com")
    first = cookie_of(await people.login("ana@example.com"))
    answer = await refresh(people, first)
    assert answer.status == 200
    assert cookie_of(answer) != first
    assert (await answer.json())["user"]["email"] == "ana@example.com"
    assert (await refresh(people, cookie_of(answer))).status == 200


async def test_refresh_needs_the_header_that_other_sites_cannot_send(people: People) -> None:
    await people.add("ana@example.com")
    await people.login("ana@example.com")
    assert (await people.client.post("/api/v1/auth/refresh")).status == 403
    assert (await people.client.post("/api/v1/auth/refresh", headers=OURS)).status == 200


async def test_a_used_token_ends_the_sign_in(people: People) -> None:
    await people.add("ana@example.com")
    stolen = cookie_of(await people.login("ana@example.com"))
    tokens = [stolen]
    for _ in range(3):
        tokens.append(cookie_of(await refresh(people, tokens[-1])))
    assert (await refresh(people, stolen)).status == 401
    assert (await refresh(people, tokens[-1])).status == 401


async def test_of_two_parallel_refreshes_one_wins_and_nobody_is_signed_out(people: People) -> None:
    await people.add("ana@example.com")
    token = cookie_of(await people.login("ana@example.com"))
    people.client.session.cookie_jar.clear()
    sent = {**OURS, "Cookie": f"hub_refresh={token}"}
    both = await asyncio.gather(*(people.client.post("/api/v1/auth/refresh", headers=sent) for _ in range(2)))
    won = [answer for answer in both if answer.status == 200]
    assert sorted(answer.status for answer in both) == [200, 401]
    assert (await refresh(people, cookie_of(won[0]))).status == 200


async def test_the_token_before_the_last_is_theft_once_the_grace_is_over(people: People) -> None:
    await people.add("ana@example.com")
    used = cookie_of(await people.login("ana@example.com"))
    current = cookie_of(await refresh(people, used))
    async with people.database.acquire() as connection:
        await connection.execute("update auth_sessions set rotated_at = rotated_at - interval '3 seconds'")
    assert (await refresh(people, used)).status == 401
    assert (await refresh(people, current)).status == 401


async def test_invented_tokens_end_nobodys_sign_in(people: People) -> None:
    await people.add("ana@example.com")
    answer = await people.login("ana@example.com")
    token, access = cookie_of(answer), (await answer.json())["access_token"]
    forged = RefreshTokens(keys.ring(["another secret, also of 32 bytes!"], "refresh token"))
    for invented in ("", "x", "%00", token[:-4] + "AAAA", access, forged.issue(people.refreshing.session_of(token))):
        assert (await refresh(people, invented)).status == 401, invented
    assert (await refresh(people, token)).status == 200


async def test_an_idle_sign_in_ends(people: People) -> None:
    await people.add("ana@example.com")
    token = cookie_of(await people.login("ana@example.com"))
    async with people.database.acquire() as connection:
        await connection.execute("update auth_sessions set last_used_at = last_used_at - interval '8 days'")
    assert (await refresh(people, token)).status == 401


async def test_logout_ends_both_tokens(people: People) -> None:
    await people.add("ana@example.com")
    answer = await people.login("ana@example.com")
    token, access = cookie_of(answer), (await answer.json())["access_token"]
    bearer = {"Authorization": f"Bearer {access}"}
    out = await people.client.post("/api/v1/auth/logout", headers=OURS)
    assert out.status == 204
    assert (out.cookies["hub_refresh"].value, out.cookies["hub_signed_in"].value) == ("", "")
    assert (await people.client.get("/api/v1/auth/me", headers=bearer)).status == 401
    assert (await refresh(people, token)).status == 401
    assert (await people.client.post("/api/v1/auth/logout", headers=OURS)).status == 204


def crafted(good: str, **changes: Any) -> str:
    """The good token with other claims, key, algorithm or key id, signed as ours."""
    ring = keys.ring([SECRET], "access token")
    claims = jwt.decode(good, options={"verify_signature": False})
    key = changes.pop("key", ring.signing)
    algorithm, kid = str(changes.pop("algorithm", "HS256")), changes.pop("kid", ring.signing_id)
    body = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.PyJWS().encode(json.dumps(body).encode(), key, algorithm, headers={"kid": kid})


BAD_CLAIMS: list[dict[str, object]] = [
    {"exp": 1},
    {"exp": 10**20},
    {"exp": "soon"},
    {"iat": int(time.time()) + 3600},
    {"nbf": int(time.time()) + 3600},
    {"aud": "hub/ai"},
    {"iss": "somebody"},
    {"iss": ["hub"]},
    {"typ": "refresh"},
    {"jti": None},
    {"sid": None},
    {"sub": "1 or 1=1"},
    {"ver": True},
    {"key": "x" * 40},
    {"kid": "unknown"},
    {"algorithm": "HS512"},
    {"algorithm": "none", "key": None},
    {"sub": "018f0000-0000-7000-8000-000000000001"},
    {"sid": "018f0000-0000-7000-8000-000000000001"},
    {"ver": 7},
]


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_bad_tokens_are_refused_alike(people: People) -> None:
    await people.add("ana@example.com")
    good = await people.bearer("ana@example.com")
    token = good["Authorization"].removeprefix("Bearer ")
    wrong = [f"Bearer {crafted(token, **changes)}" for changes in BAD_CLAIMS]
    wrong += [
        "Bearer",
        "Bearer ",
        "Bearer x",
        f"Basic {token}",
        token,
        f"Bearer {token}x",
        f"Bearer {'x' * 7000}",
        "Bearer ä",
    ]
    seen = set()
    for header in [*wrong, None]:
        answer = await people.client.get("/api/v1/auth/me", headers={"Authorization": header} if header else {})
        body = await answer.json()
        body.pop("request_id")
        seen.add((answer.status, answer.headers["WWW-Authenticate"], str(body)))
    twice = await people.client.get(
        "/api/v1/auth/me", headers=[("Authorization", good["Authorization"]), ("Authorization", good["Authorization"])]
    )
    assert twice.status == 401
    assert {status for status, *_ in seen} == {401}
    assert len(seen) == 1
    for right in (token, crafted(token)):
        answer = await people.client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {right}"})
        assert answer.status == 200
