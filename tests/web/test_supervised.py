"""Supervision as it runs: what heaps up is told to a supervisor in the app, by mail and into Slack, and done again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from hub.config import load
from hub.dead_letter import DeadLetter, LetterState, NewLetter, Step, Which
from hub.demo.back_office import BackOffice, Credentials
from hub.notice import NoticeChannel
from hub.rights import Role
from storage.alert import AlertStore
from storage.database import Database
from storage.notice import NoticeStore
from tests.web.desk_stage import DeskStage, staged_desk
from web import supervised
from web.supervision_metrics import SupervisionMetrics

SECRET = "a secret that is long enough to be one"


class Watched(DeskStage):
    """The desk with what supervision needs."""

    def __init__(self, database: Database, *rest: Any) -> None:
        super().__init__(database, *rest)
        self.alerts = AlertStore(database, (NoticeChannel.EMAIL, NoticeChannel.SLACK))
        self.notices = NoticeStore(database)


@pytest.fixture
async def desk(database: Database, aiohttp_client: Any) -> AsyncIterator[Watched]:
    async with staged_desk(database, aiohttp_client, Watched) as desk:
        yield desk


@pytest.fixture
async def office() -> AsyncIterator[BackOffice]:
    office = BackOffice(Credentials("k", {}, "", [], "whsec_eA=="))
    await office.start()
    yield office
    await office.stop()


async def eventually(what: Any) -> None:
    async with asyncio.timeout(20):
        while not await what():
            await asyncio.sleep(0.02)


async def test_people_hear_of_it_and_it_is_done_again(
    desk: Watched, office: BackOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervised, "LOOK", 0.02)
    monkeypatch.setattr(supervised, "CARRY", 0.02)
    notify = f'[notify.email]\nsmtp_url = "{office.smtp_url}"\nfrom = "hub@example.com"\n'
    notify += f'[notify.slack]\nwebhook_url = "{office.slack_url}"\n'
    config = load(notify.encode(), make_up=lambda path: SECRET).config
    chika, headers = await desk.somebody(Role.SUPERVISOR, in_team=True)
    done: list[DeadLetter] = []

    async def again(letter: DeadLetter) -> Step:
        done.append(letter)
        return Step.DONE

    figures = SupervisionMetrics(CollectorRegistry())
    async with supervised.opened(config, desk.system, desk, figures, lambda: datetime.now(UTC)) as supervision:
        supervision.redrivers["ticketing", "create_ticket"] = again
        letter = NewLetter(integration="ticketing", operation="create_ticket", kind="write", problem="x")
        made = [await desk.dead_letters.put(letter) for _ in range(3)]
        running = asyncio.create_task(supervision.run())

        async def told() -> bool:
            seen = await desk.get("notifications", headers=headers)
            return bool(seen["data"] and office.mail.letters and office.slack.posts)

        await eventually(told)
        (notification,) = (await desk.get("notifications", headers=headers))["data"]
        assert notification["kind"] == "alert"
        assert notification["text"] == "Several calls to the ticketing system were given up"
        assert office.mail.letters[0].recipients == [chika.email]
        assert "were given up" in office.slack.posts[0]["text"]

        assert await desk.dead_letters.redrive_all(Which(), "user:1") == {"ticketing": 3}

        async def over() -> bool:
            return {(await desk.dead_letters.find(id)).state for id in made} == {LetterState.REDRIVEN}  # type: ignore[union-attr]

        await eventually(over)
        assert [letter.id for letter in done] == made
        running.cancel()
    assert (await desk.get("alerts", headers=headers))["data"][0]["times"] == 1
