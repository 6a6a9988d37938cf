"""A back end goes down: its circuit opens, and whoever is in charge hears of it, once, wherever he is."""

from collections.abc import Callable
from typing import Any

from hub.demo.back_office import Fault
from tests.acceptance.agent import Agent
from tests.acceptance.stage import ROOT, Stage, eventually

OPTIONS = {"circuits.open": "1s", "circuits.attempts": "1"}

OPEN, OVER = "The ticketing system does not answer", "Over: the ticketing system does not answer"


async def ask_ticketing(root: Agent) -> Any:
    answer = await root.request("POST", "/api/v1/integrations/ticketing/test", {})
    assert answer.status == 200, answer.raw
    return answer.json


async def seen(count: Callable[[], int], wanted: int) -> None:
    async def look() -> bool:
        return count() >= wanted

    await eventually(look)


async def test_an_open_circuit_is_told_once_in_the_app_by_mail_and_in_slack(stage: Stage) -> None:
    office, root = stage.back_office, await stage.login(ROOT)
    stream = await root.socket()
    office.faults.always(Fault.error(503), on="ticketing")
    office.faults.next(1, Fault.error(451), on="mail")
    office.faults.next(1, Fault.error(500), on="slack")
    for _ in range(6):
        await ask_ticketing(root)
    asked = office.ledger.count("ticket")
    assert asked == 5

    await stream.until(lambda stream: stream.of("notification.created"))
    (told,) = stream.of("notification.created")
    assert told["data"]["notification"]["kind"] == "alert"
    assert told["data"]["notification"]["text"] == OPEN
    await seen(lambda: len(office.mail.letters), 1)
    await seen(lambda: len(office.slack.posts), 1)
    (letter,), (post,) = office.mail.letters, office.slack.posts
    assert letter.recipients == [ROOT]
    assert letter.message["Subject"] == f"[Hub] {OPEN}"
    assert post["text"] == OPEN
    (alert,) = (await root.get("alerts?state=firing"))["data"]
    assert (alert["rule"], alert["subject"], alert["times"]) == ("circuit_open", "ticketing", 1)

    office.faults.clear()

    async def closed() -> bool:
        return bool((await ask_ticketing(root))["ok"])

    await eventually(closed)
    await seen(lambda: len(office.slack.posts), 2)
    assert office.slack.posts[1]["text"] == OVER
    assert (await root.get("alerts?state=firing"))["data"] == []
    assert await stage.metric('hub_notifications_total{kind="email",outcome="retry"}') >= 1
    assert (await root.get("notifications?unread=true"))["data"][-1]["text"] == OPEN
