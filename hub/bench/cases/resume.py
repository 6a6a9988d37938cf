"""A whole company reconnects at once, after a while in which much has happened."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import orjson

from hub.bench.crowd import Crowd, Lost
from hub.bench.graph import listening
from hub.bench.people import Agents
from hub.bench.postgres import Postgres
from hub.bench.stage import Stage
from hub.ids import uuid7

REPORTED = 2.0
"""Seconds after which PostgreSQL's own counters are up to date."""

QUIET = 10.0
"""Seconds in which what the hub asks of PostgreSQL with nobody there is counted."""

_QUERIES = "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"
_COLUMNS = ("seq", "id", "type", "at", "conversation_id", "conversation_seq", "version", "team_id", "actor", "data")


async def measure(stage: Stage) -> None:
    """Each team has its own share of the events, so each client is told (events / teams)."""
    scale = stage.scale
    for _ in stage.repetitions("resume"):
        async with listening() as graph, stage.postgres.database() as url:
            # Once for the schema; the log is read at the next start.
            async with stage.serving(url, graph):
                agents = await stage.agents(url, scale.sockets, scale.teams)
                await _write(stage.postgres, url, agents.teams, scale.behind)
            async with stage.serving(url, graph) as server:
                await _return(stage, url, server.port, agents)
                stage.samples.add("hub.resume.memory", server.pss_mib())


async def _write(postgres: Postgres, url: str, teams: Sequence[UUID], count: int) -> None:
    """Fills the event log."""
    now = datetime.now(UTC)
    actor, data = orjson.dumps({"type": "customer"}).decode(), orjson.dumps({"message": {"text": "x" * 500}}).decode()
    events = [
        (seq, uuid7(), "message.received", now, uuid7(), seq, 1, teams[seq % len(teams)], actor, data)
        for seq in range(1, count + 1)
    ]
    await postgres.copy(url, "events", _COLUMNS, events)
    await postgres.execute(url, "update journal_head set seq = $1", count)


async def _return(stage: Stage, url: str, port: int, agents: Agents) -> None:
    scale, crowd = stage.scale, Crowd("resumed")
    before, usual = await _usual(stage.postgres, url)
    (own, began) = stage.postgres.cpu_seconds(), time.perf_counter()
    crowd.expect(scale.sockets)
    try:
        await crowd.gather(port, agents.tokens, query="?after=0")
        last = await crowd.complete()
        received = crowd.received
    finally:
        crowd.leave()
    if received < scale.sockets * scale.behind // scale.teams * 500:
        raise Lost("clients were told less than they had missed")
    stage.samples.add("hub.resume.seconds", last - began)
    stage.samples.add("hub.resume.refused", crowd.refused)
    stage.samples.add("hub.resume.database", stage.postgres.cpu_seconds() - own)
    await asyncio.sleep(REPORTED)
    seconds = time.perf_counter() - began + REPORTED
    stage.samples.add("hub.resume.queries", await stage.postgres.value(url, _QUERIES) - before - usual * seconds)


async def _usual(postgres: Postgres, url: str) -> tuple[float, float]:
    """Queries so far, and how many a second the hub makes with nobody there: those are not the crowd's."""
    await asyncio.sleep(REPORTED)
    before, began = await postgres.value(url, _QUERIES), time.perf_counter()
    await asyncio.sleep(QUIET)
    now = await postgres.value(url, _QUERIES)
    return now, (now - before) / (time.perf_counter() - began)
