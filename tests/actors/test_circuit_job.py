"""A job keeps the right to answer, and answers everybody."""

import asyncio

from actors.circuit_job import Job, kept
from actors.kernel import Mail
from actors.kernel.testkit import kind_from, virtual, virtual_system
from hub.errors import Ambiguous, IntegrationError, IntegrationTimeout
from hub.integration.breaker import Verdict
from hub.integration.call import Fetched
from hub.integration.operation import Request
from hub.integration.outcome import Outcome
from hub.integration.wire import Wire
from tests.actors.circuit_stage import ACT, BASE, NOON

REQUEST = Request(ACT, Wire("POST", BASE), lambda given: given)


@virtual
async def test_the_right_to_answer_outlives_the_turn() -> None:
    held: list[Mail] = []

    async def receive(mail: Mail) -> None:
        held.append(kept(mail))

    system = virtual_system()
    system.register(kind_from("slow", receive))
    waiting = [system.ref("slow", key).ask_nowait("x", timeout=5.0) for key in (1, 2)]
    await asyncio.sleep(1.0)
    assert not any(each.done() for each in waiting)
    job = Job(REQUEST, held, deadline=9.0, copies_of=0)
    waiting[1].cancel()
    assert not job.gone(1.0)
    job.succeed(Fetched("fine", NOON))
    assert (await waiting[0]).value == "fine"


@virtual
async def test_a_job_is_gone_when_all_its_askers_have_left() -> None:
    held: list[Mail] = []

    async def receive(mail: Mail) -> None:
        held.append(kept(mail))

    system = virtual_system()
    system.register(kind_from("slow", receive))
    waiting = [system.ref("slow", key).ask_nowait("x", timeout=5.0) for key in (1, 2)]
    await asyncio.sleep(1.0)
    job = Job(REQUEST, held, deadline=9.0, copies_of=0)
    waiting[0].cancel()
    assert not job.gone(1.0)
    assert job.gone(5.0)
    waiting[1].cancel()
    assert job.gone(1.0)


@virtual
async def test_what_attempts_told_is_told_on() -> None:
    job = Job(REQUEST, [], deadline=9.0, copies_of=0, attempts=2)
    job.noted(Outcome("failed", Verdict.FAILURE, error=IntegrationError(), open=True, status=502))
    job.noted(Outcome("timeout", Verdict.FAILURE, error=IntegrationTimeout()))
    told: list[Exception] = []

    class Asker(Mail):
        def fail(self, error: Exception) -> None:
            told.append(error)

    job.askers = [Asker("x"), Asker("y")]
    job.fail(IntegrationTimeout())
    assert [type(error) for error in told] == [Ambiguous, Ambiguous]
    assert isinstance(told[0], Ambiguous)
    assert (told[0].attempts, told[0].provider_status) == (2, 502)


def test_no_two_jobs_have_one_id() -> None:
    jobs = [Job(REQUEST, [], deadline=9.0, copies_of=0) for _ in range(3)]
    assert len({job.id for job in jobs}) == 3
