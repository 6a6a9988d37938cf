"""Users through their doors: who may, what is refused, what a change does at once."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from hub.rights import Role
from tests.web.conftest import PASSWORD, People

URL = "/api/v1/users"
NEW = {"email": "New@Example.com", "name": "New One", "role": "agent", "password": PASSWORD}


async def admin(people: People) -> dict[str, str]:
    await people.add("root@example.com", Role.ADMIN, "Root")
    return await people.bearer("root@example.com")


async def test_an_administrator_makes_reads_and_changes_users(people: People) -> None:
    boss = await admin(people)
    made = await people.client.post(URL, json=NEW, headers=boss)
    user = await made.json()
    assert made.status == 201
    assert (user["email"], user["capacity"], user["disabled"]) == ("new@example.com", 8, False)
    assert "password" not in str(user)
    assert made.headers["Location"] == f"{URL}/{user['id']}"
    seen = await people.client.get(made.headers["Location"], headers=boss)
    assert (await seen.json()) == user
    changed = await people.client.patch(
        made.headers["Location"], json={"capacity": 3}, headers={**boss, "If-Match": seen.headers["ETag"]}
    )
    assert (await changed.json())["capacity"] == 3
    assert changed.headers["ETag"] != seen.headers["ETag"]
    assert (await people.login("new@example.com")).status == 200


async def test_a_change_of_an_old_version_gets_the_current_one(people: People) -> None:
    boss, ana = await admin(people), await people.add("ana@example.com")
    url = f"{URL}/{ana.id}"
    both = await asyncio.gather(
        *(people.client.patch(url, json={"name": name}, headers={**boss, "If-Match": '"1"'}) for name in ("A", "B"))
    )
    lost = next(answer for answer in both if answer.status == 412)
    won = next(answer for answer in both if answer.status == 200)
    assert (await lost.json())["code"] == "stale_version"
    assert (await lost.json())["current"] == await won.json()


@pytest.mark.parametrize("header", ["3", '"x"', '"-1"', "W/3", '"99999999999"'])
async def test_if_match_that_is_no_version(people: People, header: str) -> None:
    boss, ana = await admin(people), await people.add("ana@example.com")
    answer = await people.client.patch(f"{URL}/{ana.id}", json={"name": "A"}, headers={**boss, "If-Match": header})
    assert answer.status == 422


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"email": "no address"}, "$.email"),
        ({"email": 5}, "$.email"),
        ({"name": "  "}, "$.name"),
        ({"name": "x\0"}, "$.name"),
        ({"name": "x" * 121}, "$.name"),
        ({"role": "root"}, "$.role"),
        ({"role": ["agent"]}, "$.role"),
        ({"password": "short"}, "$.password"),
        ({"password": "password123"}, "$.password"),
        ({"password": "new one"}, "$.password"),
        ({"password": "New@example.com"}, "$.password"),
        ({"capacity": -1}, "$.capacity"),
        ({"capacity": 10**30}, "$.capacity"),
        ({"capacity": True}, "$.capacity"),
        ({"disabled": True}, "$.disabled"),
        ({"token_version": 5}, "$.token_version"),
    ],
)
async def test_bodies_that_make_no_user(people: People, change: dict[str, Any], path: str) -> None:
    boss = await admin(people)
    answer = await people.client.post(URL, json=NEW | change, headers=boss)
    assert answer.status == 422
    assert path in [error["path"] for error in (await answer.json())["errors"]]


async def test_an_email_belongs_to_one(people: People) -> None:
    boss = await admin(people)
    ana = await people.add("ana@example.com")
    taken = await people.client.post(URL, json=NEW | {"email": "ROOT@example.com"}, headers=boss)
    assert (taken.status, (await taken.json())["code"]) == (409, "already_exists")
    moved = await people.client.patch(f"{URL}/{ana.id}", json={"email": "root@example.com"}, headers=boss)
    assert moved.status == 409


async def test_the_last_administrator_stays(people: People) -> None:
    boss = await admin(people)
    root = await people.users.credentials("root@example.com")
    assert root is not None
    for change in ({"disabled": True}, {"role": "agent"}):
        answer = await people.client.patch(f"{URL}/{root.user.id}", json=change, headers=boss)
        assert answer.status == 422, change
    assert (await people.client.get(URL, headers=boss)).status == 200


async def test_rights_change_at_once(people: People) -> None:
    boss, ana = await admin(people), await people.add("ana@example.com")
    hers = await people.bearer("ana@example.com")
    assert (await people.client.get("/api/v1/auth/me", headers=hers)).status == 200
    await people.client.patch(f"{URL}/{ana.id}", json={"role": "supervisor"}, headers=boss)
    assert (await people.client.get("/api/v1/auth/me", headers=hers)).status == 401
    hers = await people.bearer("ana@example.com")
    await people.client.patch(f"{URL}/{ana.id}", json={"disabled": True}, headers=boss)
    assert (await people.client.get("/api/v1/auth/me", headers=hers)).status == 401
    refreshed = await people.client.post("/api/v1/auth/refresh", headers={"X-Requested-With": "hub"})
    assert refreshed.status == 401


async def test_colleagues_see_names_of_their_teams_only(people: People) -> None:
    ana, ben = await people.add("ana@example.com", name="Ana"), await people.add("ben@example.com", name="Ben")
    await people.add("zoe@example.com", name="Zoe")
    await people.member("Support", ana.id, ben.id)
    listed = await people.client.get(URL, headers=await people.bearer("ana@example.com"))
    assert (await listed.json())["data"] == [
        {"id": str(ana.id), "name": "Ana", "role": "agent"},
        {"id": str(ben.id), "name": "Ben", "role": "agent"},
    ]


async def test_pages_hold_everybody_once(people: People) -> None:
    boss = await admin(people)
    for n in range(7):
        await people.add(f"user{n}@example.com", name="Same Name" if n < 5 else f"Name {n}")
    seen, cursor = [], ""
    while True:
        page = await (await people.client.get(f"{URL}?limit=3{cursor}", headers=boss)).json()
        seen += [user["id"] for user in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 8


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=201", "limit=1000000000000000000", "limit=x", "limit=", "limit=1&limit=2",
              "cursor=garbage", "cursor=", "cursor=%00", "colour=red", "limit=1.0", "limit=٣"],
)  # fmt: skip
async def test_queries_that_are_none(people: People, query: str) -> None:
    boss = await admin(people)
    assert (await people.client.get(f"{URL}?{query}", headers=boss)).status == 422


async def test_a_cursor_of_somebody_else_is_refused(people: People) -> None:
    boss = await admin(people)
    await people.add("ana@example.com")
    page = await (await people.client.get(f"{URL}?limit=1", headers=boss)).json()
    answer = await people.client.get(
        f"{URL}?cursor={page['next_cursor']}", headers=await people.bearer("ana@example.com")
    )
    assert answer.status == 422


@pytest.mark.parametrize("text", ["1", "1%20or%201=1", "{ID}", "ID_UPPER", "%7BID%7D", "018f", "../me", "%00"])
async def test_ids_that_are_none(people: People, text: str) -> None:
    boss = await admin(people)
    known = (await people.users.page(None, None, None, 1))[0].id
    path = text.replace("ID_UPPER", str(known).upper()).replace("ID", str(known))
    assert (await people.client.get(f"{URL}/{path}", headers=boss)).status == 404


async def test_others_are_as_good_as_missing(people: People) -> None:
    await people.add("ana@example.com")
    ben = await people.add("ben@example.com")
    hers = await people.bearer("ana@example.com")
    bodies = []
    for user_id in (ben.id, uuid4()):
        answer = await people.client.get(f"{URL}/{user_id}", headers=hers)
        body = await answer.json()
        body.pop("request_id")
        bodies.append((answer.status, body))
    assert bodies[0] == bodies[1]
    assert bodies[0][0] == 404


async def test_ones_own_password_needs_the_current_one(people: People) -> None:
    ana = await people.add("ana@example.com")
    here, there = await people.bearer("ana@example.com"), await people.bearer("ana@example.com")
    url = f"{URL}/{ana.id}/password"
    fresh = "a whole new phrase"
    assert (await people.client.post(url, json={"password": fresh}, headers=here)).status == 422
    wrong = {"password": fresh, "current_password": "wrong"}
    assert (await people.client.post(url, json=wrong, headers=here)).status == 422
    right = {"password": fresh, "current_password": PASSWORD}
    assert (await people.client.post(url, json=right, headers=here)).status == 204
    assert (await people.client.get("/api/v1/auth/me", headers=there)).status == 401
    assert (await people.login("ana@example.com")).status == 401
    assert (await people.login("ana@example.com", fresh)).status == 200


async def test_guessing_the_current_password_is_held_up(people: People) -> None:
    ana = await people.add("ana@example.com")
    hers = await people.bearer("ana@example.com")
    wrong = {"password": "a whole new phrase", "current_password": "wrong"}
    statuses = [
        (await people.client.post(f"{URL}/{ana.id}/password", json=wrong, headers=hers)).status for _ in range(11)
    ]
    assert statuses == [422] * 10 + [429]


async def test_an_administrator_sets_a_password(people: People) -> None:
    boss, ana = await admin(people), await people.add("ana@example.com")
    hers = await people.bearer("ana@example.com")
    set_ = await people.client.post(f"{URL}/{ana.id}/password", json={"password": "given by boss"}, headers=boss)
    assert set_.status == 204
    assert (await people.client.get("/api/v1/auth/me", headers=hers)).status == 401
    other = await people.bearer("root@example.com")
    assert (await people.login("ana@example.com", "given by boss")).status == 200
    root_id = (await (await people.client.get("/api/v1/auth/me", headers=other)).json())["id"]
    signed_in = await (await people.login("ana@example.com", "given by boss")).json()
    ana_now = {"Authorization": f"Bearer {signed_in['access_token']}"}
    theirs = await people.client.post(f"{URL}/{root_id}/password", json={"password": "mine now, hm"}, headers=ana_now)
    assert theirs.status == 403
