"""A hub whose wall clock is wrong, beside one whose clock is right, on one database.

What counts is never the host's wall clock: consents, drafts, approvals and limits of calls have the database's, which
all replicas share; circuits, copies and the back ends' tokens have the event loop's, which never jumps. The wall clock
is only said: on what is signed, which back ends refuse when it is minutes off, and in sessions, which are opened anew.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from attrs import frozen

from hub.demo.back_office import Fault
from tests.acceptance.ai_kit import Company, Talk
from tests.acceptance.draft_kit import decide, purchase, supervisor
from tests.acceptance.process import HubProcess
from tests.acceptance.stage import ROOT, Stage

SHIFTED_CLOCK = Path(__file__).parent / "shifted_clock"
OPTIONS = {
    "ai.confirmation_ttl": "2m",
    "ai.draft_ttl": "3m",
    "ai.approval_ttl": "2m",
    "circuits.attempts": "1",
    "circuits.waiting": "100",
}
OFF = 240
"""Seconds: longer than all of these last, and less than back ends mind."""
FAR = 2 * 3600
LIFE = 900
"""Seconds of a session."""


@frozen
class Skewed:
    """The hub with the wrong clock."""

    hub: HubProcess
    shift: Path

    def jump(self, seconds: int) -> None:
        """From now on its wall clock is so much ahead of the right one."""
        new = self.shift.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.shift)

    async def session(self, talk: Talk) -> Talk:
        """The same conversation, with a session at this hub; which shows how it has the time."""
        there = Talk(talk.stage, talk.agent, talk.customer, talk.conversation_id, key=talk.key, url=self.hub.url)
        opened = await there.session()
        assert opened.status == 201, opened.raw
        ends = datetime.fromisoformat(opened.json["expires_at"]).timestamp()
        assert abs(ends - LIFE - int(self.shift.read_text()) - time.time()) < OFF / 2
        return there


@pytest.fixture(scope="module")
def skewed(hub: HubProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Skewed]:
    directory: Path = tmp_path_factory.mktemp("skewed")
    shift = directory / "shift"
    shift.write_text("0")
    path = os.pathsep.join(filter(None, (str(SHIFTED_CLOCK), os.environ.get("PYTHONPATH"))))
    environment = {"PYTHONPATH": path, "WALL_CLOCK_SHIFT": str(shift)}
    second = HubProcess(directory, hub.database_url, hub.options, office_port=hub.office_port, environment=environment)
    asyncio.run(second.start())
    yield Skewed(second, shift)
    assert second.stop() == 0, second.log.read_text()[-4000:]


@pytest.fixture
async def company(stage: Stage) -> Company:
    return await Company.of(stage)


@pytest.mark.parametrize("off", [OFF, -OFF], ids=["ahead", "behind"])
async def test_consents_and_approvals_last_as_long_as_the_database_says(
    stage: Stage, company: Company, skewed: Skewed, off: int
) -> None:
    """T47: what is good is not taken for over, nor what is over for good. The database's clock decides."""
    skewed.jump(off)
    talk, other = await company.talk(), await company.talk()
    there, elsewhere = await skewed.session(talk), await skewed.session(other)
    sol = await stage.login((await supervisor(company)).user["email"], skewed.hub.url)
    large = await (await purchase(elsewhere, "2000.00")).agree()
    assert (await large.commit()).status == 202
    assert (await decide(sol, await large.approval(sol), "approve")).json["state"] == "approved"
    await large.until("committed")
    late = await (await purchase(talk)).agree()
    await late.hurry("121 seconds")
    assert (await late.commit(talk=there)).json["code"] == "confirmation_expired"
    slow = await (await purchase(talk, "3000.00")).agree()
    assert (await slow.commit(talk=there)).status == 202
    approval = await slow.approval(sol)
    await slow.hurry("121 seconds")
    assert (await decide(sol, approval, "approve")).json["code"] in ("approval_expired", "draft_state_conflict")
    assert len(stage.back_office.payments.commits) == 1


async def test_calls_are_counted_by_the_databases_hours(company: Company, skewed: Skewed) -> None:
    """T47: an hour is over when it is over there."""
    talk = await company.talk()
    for off in (0, FAR, -FAR):
        skewed.jump(off)
        there = await skewed.session(talk)
        if not off:
            assert [(await there.search()).status for _ in range(10)] == [200] * 10
        refused = await there.search()
        assert (refused.status, refused.json["code"]) == (429, "rate_limited")
        assert 3000 < int(refused.headers["Retry-After"]) <= 3600


@pytest.mark.parametrize("off", [FAR, -FAR], ids=["forwards", "back"])
async def test_copies_and_the_back_ends_tokens_do_not_age_by_a_jump(
    stage: Stage, company: Company, skewed: Skewed, off: int
) -> None:
    """T47: the event loop's clock decides, and it does not jump. A token lasts as long as it was said to."""
    skewed.jump(0)
    office, talk = stage.back_office, await company.talk()
    there = await skewed.session(talk)
    assert (await there.search()).json["result"]["cached"] is False
    await _looked_up(there)
    issued = office.ledger.count("token")
    skewed.jump(off)
    there = await skewed.session(talk)
    assert (await there.search()).json["result"]["cached"] is True
    await _looked_up(there)
    assert office.ledger.count("token") == issued


async def test_a_circuit_stays_open_for_its_time(stage: Stage, skewed: Skewed) -> None:
    """T47: no jump closes it, and none keeps it open."""
    skewed.jump(0)
    stage.back_office.faults.always(Fault.error(500), on="ticketing")
    root = await stage.login(ROOT, skewed.hub.url)
    for _ in range(5):
        assert (await root.request("POST", "/api/v1/integrations/ticketing/test")).json["ok"] is False
    stage.back_office.faults.clear()
    asked = stage.back_office.ledger.count("ticket")
    for off in (FAR, -FAR):
        skewed.jump(off)
        root = await stage.login(ROOT, skewed.hub.url)
        told = await root.request("POST", "/api/v1/integrations/ticketing/test")
        assert told.json["problem"] == "integration_circuit_open"
        (shown,) = [each for each in (await root.get("integrations"))["data"] if each["name"] == "ticketing"]
        assert 0 < shown["circuit"]["retry_after_s"] <= 60
    assert stage.back_office.ledger.count("ticket") == asked


async def _looked_up(talk: Talk) -> None:
    """A transaction that the hub has not seen yet is, with a token."""
    made = talk.stage.back_office.payments.record(talk.customer_id, "120.00")
    assert (await talk.call("get_transaction_status", {"transaction_id": made.id})).status == 200
