"""One's own sign-ins: seen, ended one by one or all but this one."""

from tests.web.conftest import People


async def test_sign_ins_are_listed_and_ended(people: People) -> None:
    await people.add("ana@example.com")
    phone, desk = await people.bearer("ana@example.com"), await people.bearer("ana@example.com")
    listed = (await (await people.client.get("/api/v1/auth/sessions", headers=desk)).json())["data"]
    assert [entry["current"] for entry in listed].count(True) == 1
    assert len(listed) == 2
    other = next(entry["id"] for entry in listed if not entry["current"])
    assert (await people.client.delete(f"/api/v1/auth/sessions/{other}", headers=desk)).status == 204
    assert (await people.client.get("/api/v1/auth/me", headers=phone)).status == 401
    assert (await people.client.get("/api/v1/auth/me", headers=desk)).status == 200


async def test_ending_all_others(people: People) -> None:
    await people.add("ana@example.com")
    phone, desk = await people.bearer("ana@example.com"), await people.bearer("ana@example.com")
    assert (await people.client.delete("/api/v1/auth/sessions", headers=desk)).status == 204
    assert (await people.client.get("/api/v1/auth/me", headers=phone)).status == 401
    assert (await people.client.get("/api/v1/auth/me", headers=desk)).status == 200


async def test_nobody_ends_somebody_elses(people: People) -> None:
    await people.add("ana@example.com")
    await people.add("ben@example.com")
    ana, ben = await people.bearer("ana@example.com"), await people.bearer("ben@example.com")
    listed = (await (await people.client.get("/api/v1/auth/sessions", headers=ana)).json())["data"]
    assert (await people.client.delete(f"/api/v1/auth/sessions/{listed[0]['id']}", headers=ben)).status == 404
    assert (await people.client.get("/api/v1/auth/me", headers=ana)).status == 200
