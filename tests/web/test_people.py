"""The doors of people as a replica has them: all there, and a cookie as safe as the address."""

from datetime import UTC, datetime

import pytest

from hub.config import load
from hub.rights import Role
from tests.web.conftest import PASSWORD, SECRET, OpenDoors, People
from web.people import People as PeopleDoors


@pytest.mark.parametrize(
    ("address", "name"), [("https://hub.example.com", "__Host-hub_refresh"), ("http://127.0.0.1:8080", "hub_refresh")]
)
async def test_the_cookie_is_as_safe_as_the_address(
    people: People, open_doors: OpenDoors, address: str, name: str
) -> None:
    config = load(f'[server]\npublic_url = "{address}"'.encode(), make_up=lambda path: SECRET).config
    doors = PeopleDoors(
        config,
        people.users,
        people.teams,
        people.sign_ins,
        people.attempts,
        people.accounts,
        people.tokens,
        people.api_keys,
        people.key_access,
        people.cursors,
        lambda: datetime.now(UTC),
    )
    client = await open_doors(*doors.routes(), authenticate=people.key_access.api)
    await people.add("ana@example.com", Role.ADMIN)
    answer = await client.post("/api/v1/auth/login", json={"email": "ana@example.com", "password": PASSWORD})
    assert answer.status == 200
    assert answer.cookies[name]["httponly"]
    assert bool(answer.cookies[name]["secure"]) == address.startswith("https")
    headers = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
    for path in ("auth/me", "auth/sessions", "users", "teams", "api-keys"):
        assert (await client.get(f"/api/v1/{path}", headers=headers)).status == 200, path
