"""Notes between colleagues: told at once to those who see the conversation, to nobody else, and never to a customer."""

from tests.acceptance.stage import BEN, ROOT, Stage


async def test_a_note_with_a_mention_reaches_the_colleague_and_no_customer(stage: Stage) -> None:
    ana, ben = await stage.login(), await stage.login(BEN)
    customer, conversation_id = await stage.conversation(ana)
    uncut = await ben.socket()
    start = uncut.of("hello")[0]["seq"]
    body = {"text": "@Ben the refund is a secret", "mentions": [{"type": "user", "id": ben.user["id"]}]}
    answer = await ana.request("POST", f"/api/v1/conversations/{conversation_id}/notes", body)
    assert answer.status == 201, answer.raw
    await uncut.until(lambda stream: stream.of("notification.created"))
    (told,), (notified,) = uncut.of("note.created"), uncut.of("notification.created")
    assert told["data"]["note"] == answer.json
    assert told["conversation_id"] == conversation_id
    assert notified["seq"] == told["seq"] + 1
    assert notified["data"]["notification"]["note_id"] == answer.json["id"]
    assert (await ana.request("DELETE", f"/api/v1/notes/{answer.json['id']}")).status == 204
    await uncut.until(lambda stream: len(stream.of("note.created")) == 2)
    gone = uncut.of("note.created")[1]["data"]["note"]
    assert (gone["id"], gone["text"]) == (answer.json["id"], None)
    resumed = await ben.events(start)
    await resumed.until(lambda stream: len(stream.of("note.created")) == 2)
    assert [frame["seq"] for frame in resumed.durable] == [frame["seq"] for frame in uncut.durable]
    assert "secret" not in str(customer.chat.bubbles)
    stage.planted.append("refund is a secret")


async def test_nobody_elses_notification_is_told_and_none_of_what_one_may_not_see(stage: Stage) -> None:
    ana, ben, root = await stage.login(), await stage.login(BEN), await stage.login(ROOT)
    _, conversation_id = await stage.conversation(ana)
    at_root, at_ben = await root.socket(), await ben.socket()
    start = at_ben.of("hello")[0]["seq"]
    url = f"/api/v1/conversations/{conversation_id}"
    mention = [{"type": "user", "id": ben.user["id"]}]
    assert (await ana.request("POST", f"{url}/notes", {"text": "look", "mentions": mention})).status == 201
    await at_ben.until(lambda stream: stream.of("notification.created"))
    team = await root.request("POST", "/api/v1/teams", {"name": f"Team of {conversation_id}"})
    support = (await ana.get(f"conversations/{conversation_id}"))["team_id"]
    assert (await ana.request("PATCH", url, {"team_id": team.json["id"]})).status == 200
    assert (await root.request("POST", f"{url}/notes", {"text": "x", "mentions": mention})).status == 422
    assert conversation_id not in str((await ben.get("notifications"))["data"])
    await at_root.until(lambda stream: stream.of("conversation.updated"))
    assert not at_root.of("notification.created")
    member = f"/api/v1/teams/{support}/members/{ben.user['id']}"
    assert (await root.request("DELETE", member)).status == 204
    try:
        later = await ben.events(start)
        await later.until(lambda stream: stream.of("resumed"))
        assert not later.of("notification.created", "note.created")
    finally:
        assert (await root.request("PUT", member)).status == 204
