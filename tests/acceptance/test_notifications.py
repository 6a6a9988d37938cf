"""Notifications: made in the commit of what they are about, told to one person, gone from all his screens by number."""

from tests.acceptance.stage import BEN, Stage


async def test_what_one_is_given_is_told_to_him_alone_and_stays_until_it_is_read(stage: Stage) -> None:
    ana, ben = await stage.login(), await stage.login(BEN)
    _, conversation_id = await stage.conversation(ana)
    hers, his = await ana.socket(), await ben.socket()
    given = await ana.request("PATCH", f"/api/v1/conversations/{conversation_id}", {"assignee_id": ben.user["id"]})
    assert given.status == 200, given.raw
    await his.until(lambda stream: stream.of("notification.created"))
    (told,) = his.of("notification.created")
    assert told["data"]["notification"]["kind"] == "assigned"
    await hers.seq(told["seq"] - 1)
    assert not hers.of("notification.created")
    stage.hub.kill()
    await stage.hub.start()
    listed = await ben.get("notifications?unread=true")
    assert listed["data"][0] == told["data"]["notification"]
    answer = await ben.request("PUT", "/api/v1/notifications", {"read_up_to": listed["data"][0]["id"]})
    assert answer.json == {"unread": 0}
    taken = await ben.request("PATCH", f"/api/v1/conversations/{conversation_id}", {"assignee_id": None})
    assert taken.status == 200
    assert (await ben.request("POST", f"/api/v1/conversations/{conversation_id}/take", {})).status == 200
    assert (await ben.get("notifications"))["unread"] == 0
