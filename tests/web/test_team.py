"""Teams through their doors."""

from uuid import uuid4

from hub.rights import Role
from hub.team import TeamKind
from tests.web.conftest import People

URL = "/api/v1/teams"


async def admin(people: People) -> dict[str, str]:
    await people.add("root@example.com", Role.ADMIN, "Root")
    return await people.bearer("root@example.com")


async def test_a_team_is_made_changed_and_removed(people: People) -> None:
    boss = await admin(people)
    made = await people.client.post(URL, json={"name": "Sales", "kind": "sales"}, headers=boss)
    team = await made.json()
    assert (made.status, team["kind"], team["member_ids"]) == (201, "sales", [])
    url = f"{URL}/{team['id']}"
    changed = await people.client.patch(url, json={"name": "Sales EU"}, headers={**boss, "If-Match": '"1"'})
    assert ((await changed.json())["name"], (await changed.json())["kind"]) == ("Sales EU", "sales")
    stale = await people.client.patch(url, json={"name": "x"}, headers={**boss, "If-Match": '"1"'})
    assert (stale.status, (await stale.json())["current"]["name"]) == (412, "Sales EU")
    assert (await people.client.delete(url, headers=boss)).status == 204
    assert (await people.client.get(url, headers=boss)).status == 404
    assert (await people.client.delete(url, headers=boss)).status == 404


async def test_a_name_belongs_to_one_team(people: People) -> None:
    boss = await admin(people)
    await people.teams.create("Sales", TeamKind.SALES)
    other = await people.teams.create("Other", TeamKind.OTHER)
    taken = await people.client.post(URL, json={"name": " Sales "}, headers=boss)
    assert (taken.status, (await taken.json())["code"]) == (409, "already_exists")
    renamed = await people.client.patch(f"{URL}/{other.id}", json={"name": "Sales"}, headers=boss)
    assert renamed.status == 409


async def test_membership_shows_at_once(people: People) -> None:
    boss, ana = await admin(people), await people.add("ana@example.com")
    team = await people.teams.create("Support", TeamKind.SUPPORT)
    hers = await people.bearer("ana@example.com")
    url, member = f"{URL}/{team.id}", f"{URL}/{team.id}/members/{ana.id}"
    assert (await people.client.get(url, headers=hers)).status == 404
    for _ in range(2):
        assert (await people.client.put(member, headers=boss)).status == 204
    seen = await people.client.get(url, headers=hers)
    assert (await seen.json())["member_ids"] == [str(ana.id)]
    me = await (await people.client.get("/api/v1/auth/me", headers=hers)).json()
    assert [entry["name"] for entry in me["teams"]] == ["Support"]
    assert (await people.client.delete(member, headers=boss)).status == 204
    assert (await people.client.get(url, headers=hers)).status == 404


async def test_members_and_teams_that_are_missing(people: People) -> None:
    boss, ana = await admin(people), await people.add("ana@example.com")
    team = await people.teams.create("Support", TeamKind.SUPPORT)
    assert (await people.client.put(f"{URL}/{team.id}/members/{uuid4()}", headers=boss)).status == 404
    assert (await people.client.put(f"{URL}/{uuid4()}/members/{ana.id}", headers=boss)).status == 404
    assert (await people.client.delete(f"{URL}/{uuid4()}/members/{ana.id}", headers=boss)).status == 404


async def test_one_sees_the_teams_one_is_in(people: People) -> None:
    boss, ana = await admin(people), await people.add("ana@example.com")
    await people.member("Support", ana.id)
    await people.teams.create("Sales", TeamKind.SALES)
    hers = await people.bearer("ana@example.com")
    mine = await (await people.client.get(URL, headers=hers)).json()
    everything = await (await people.client.get(URL, headers=boss)).json()
    assert [team["name"] for team in mine["data"]] == ["Support"]
    assert [team["name"] for team in everything["data"]] == ["Sales", "Support"]


async def test_a_team_with_live_conversations_stays(people: People) -> None:
    boss = await admin(people)
    team = await people.teams.create("Support", TeamKind.SUPPORT)
    async with people.database.acquire() as connection:
        customer, conversation = uuid4(), uuid4()
        await connection.execute("insert into customers (id) values ($1)", customer)
        await connection.execute(
            "insert into conversations (id, channel, channel_type, customer_id, status, team_id, version, revision, "
            "last_change, created_at, updated_at) "
            "values ($1, 'app', 'chat_app', $2, 'open', $3, 1, 1, $1, now(), now())",
            conversation,
            customer,
            team.id,
        )
    answer = await people.client.delete(f"{URL}/{team.id}", headers=boss)
    assert (answer.status, (await answer.json())["code"]) == (409, "in_use")
