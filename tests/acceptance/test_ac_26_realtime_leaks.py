"""AC-26: nobody is told or shown anything of a conversation that he may not see, also when that changes meanwhile."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import pytest

from tests.acceptance.agent import Agent, Json, Stream
from tests.acceptance.company import SURFACES, Company, Person, Visible, Withheld, found, notified
from tests.acceptance.company_life import happens
from tests.acceptance.stage import BEN, PASSWORD, ROOT, Stage, eventually

STEPS = 30
SIGNED_OUT = 4401

Open = Callable[[Agent], Awaitable[Stream]]
OPEN: dict[str, Open] = {"ws": Agent.socket, "sse": Agent.events}


async def team_of(root: Agent, user: Agent) -> str:
    """The one team that somebody is in."""
    (team,) = (await root.get(f"users/{user.user['id']}"))["teams"]
    return str(team["id"])


async def hub(stage: Stage, *arguments: str, typed: str = "") -> None:
    """The command line, in a process of its own: for the hub that is running, a change made elsewhere."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub", "-c", "config.toml", "--data", "data", *arguments,
        cwd=stage.hub.directory, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    await process.communicate(typed.encode())
    assert process.returncode == 0


@pytest.mark.parametrize("kind", OPEN)
async def test_whoever_leaves_a_team_is_told_nothing_more_of_it(stage: Stage, kind: str) -> None:
    root, ben = await stage.login(ROOT), await stage.login(BEN)
    customer, id = await stage.conversation(root)
    membership = f"/api/v1/teams/{await team_of(root, ben)}/members/{ben.user['id']}"
    stream, uncut = await OPEN[kind](ben), await root.socket()
    assert (await root.request("DELETE", membership)).status == 204
    try:
        await customer.say("Ninguém do time deve ler isto?")
        await stage.world.quiet(20.0)
        await uncut.until(lambda s: s.of("message.received"))
        assert (await ben.request("GET", f"/api/v1/conversations/{id}")).status == 404
    finally:
        assert (await root.request("PUT", membership)).status == 204
    await stream.until(lambda s: len(s.of("reset")) == 2)
    assert [frame["reason"] for frame in stream.of("reset")] == ["acl", "acl"]
    await customer.say("E isto sim")
    await stream.until(lambda s: s.of("message.received"))
    (told,) = stream.of("message.received")
    assert told["data"]["message"]["content"]["text"] == "E isto sim"


async def _disable(stage: Stage, root: Agent, ben: Agent) -> None:
    await _patch(root, ben, {"disabled": True})


async def _disable_elsewhere(stage: Stage, root: Agent, ben: Agent) -> None:
    await hub(stage, "user", "disable", BEN)


async def _promote(stage: Stage, root: Agent, ben: Agent) -> None:
    await _patch(root, ben, {"role": "supervisor"})


async def _new_password(stage: Stage, root: Agent, ben: Agent) -> None:
    path = f"/api/v1/users/{ben.user['id']}/password"
    assert (await root.request("POST", path, {"password": "another horse"})).status == 204


async def _new_password_elsewhere(stage: Stage, root: Agent, ben: Agent) -> None:
    await hub(stage, "user", "passwd", BEN, "--password-stdin", typed="another horse\n")


async def _sign_in_revoked(stage: Stage, root: Agent, ben: Agent) -> None:
    other = await stage.login(BEN)
    (session,) = [s for s in (await ben.get("auth/sessions"))["data"] if s["current"]]
    assert (await other.request("DELETE", f"/api/v1/auth/sessions/{session['id']}")).status == 204


async def _patch(root: Agent, ben: Agent, change: Json) -> None:
    answer = await root.request("PATCH", f"/api/v1/users/{ben.user['id']}", change)
    assert answer.status == 200, answer.raw


@pytest.mark.parametrize(
    "change",
    [_disable, _disable_elsewhere, _promote, _new_password, _new_password_elsewhere, _sign_in_revoked],
    ids=lambda change: change.__name__.strip("_"),
)
async def test_streams_end_with_the_right_to_them(
    stage: Stage, change: Callable[[Stage, Agent, Agent], Awaitable[None]]
) -> None:
    root, ben = await stage.login(ROOT), await stage.login(BEN)
    streams = [await ben.socket(), await ben.events()]

    async def refused() -> bool:
        return (await ben.request("GET", "/api/v1/conversations")).status == 401

    try:
        await change(stage, root, ben)
        for stream in streams:
            await stream.ended(5.0)
            assert stream.code == SIGNED_OUT
        await eventually(refused, 5.0)
    finally:
        await _patch(root, ben, {"disabled": False, "role": "agent"})
        path = f"/api/v1/users/{ben.user['id']}/password"
        assert (await root.request("POST", path, {"password": PASSWORD})).status == 204


def _about(frame: Json) -> str | None:
    """The conversation that a frame is about."""
    data = frame.get("data", {})
    given = frame.get("conversation_id") or data.get("conversation_id")
    return str(given) if given else None


def _then(company: Company, seq: int) -> Visible:
    """What was to be seen when this event was written."""
    return next(visible for head, visible in company.history if head >= seq)


def _leaks(company: Company, person: Person, visible: Visible) -> list[Json]:
    """The frames told since the last look that were not for this person.

    What a stream had missed is replayed as an uncut one would have told it: it was to be seen then, or is now.
    """
    assert person.stream is not None
    fresh, person.checked = person.stream.frames[person.checked :], len(person.stream.frames)
    found = []
    for frame in fresh:
        seq, id = frame.get("seq", 0) if "id" in frame else 0, _about(frame)
        person.after = max(person.after, seq)
        allowed = set(visible[person.id])
        if 0 < seq <= person.resumed_at:
            allowed |= _then(company, seq).get(person.id, set())
        if id in company.customers and id not in allowed:
            found.append(frame)
    return found


async def _check(company: Company, event: str) -> None:
    """Every surface shows everybody exactly what is to be seen, and no stream has told of anything else."""
    await company.settle()
    visible = await company.expected()
    company.history.append((await company.head(), visible))
    for person in company.people:
        for name, surface in SURFACES.items():
            try:
                shown = await surface(company, person.agent)
            except Withheld:
                assert (person.agent.user["role"], name.split()[0]) == ("agent", "export")
            else:
                assert shown == visible[person.id], f"{name} after {event}"
        assert await notified(company, person.agent) <= visible[person.id], f"notifications after {event}"
        if person.stream is not None:
            leaks = _leaks(company, person, visible)
            assert not leaks, f"{[(frame['type'], frame.get('seq')) for frame in leaks]} after {event}"


async def _given_in_turn(company: Company) -> None:
    """Everybody is told of having got each conversation, and has lost it to the next."""
    for id in company.conversations:
        for person in company.people:
            await company.root.request("PATCH", f"/api/v1/conversations/{id}", {"assignee_id": person.id})
    await company.settle()
    for person in company.people:  # each was told of what was theirs just then
        person.checked = len(person.stream.frames) if person.stream is not None else 0


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_happens_nobody_is_told_of_what_he_may_not_see(stage: Stage, seed: int) -> None:
    company = await found(stage, seed)
    await _given_in_turn(company)
    try:
        await _check(company, "the beginning")
        events = []
        for _ in range(STEPS):
            events.append(await happens(company))
            await _check(company, events[-1])
        told = sum(len(agent_stream.durable) for agent in stage.agents for agent_stream in agent.streams)
        assert told > STEPS, "too little was told to prove anything"
        assert await stage.value("select count(*) from notifications where conversation_id is not null")
    finally:
        stage.unmute()
