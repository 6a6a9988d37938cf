"""The streams of colleagues as a replica has them: kept as the configuration says, with all their doors."""

from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from actors.event_tail import EventTail
from actors.session_registry import SessionRegistry
from actors.signals import AudienceCache, Signals
from hub.config import load
from storage.database import Database
from storage.event import EventLog
from storage.stores import Stores
from storage.user import UserStore
from tests.web.conftest import SECRET
from tests.web.realtime_stage import now
from web.accounts import Accounts
from web.agent_streams import AgentStreams, settings
from web.gathered import Gathered
from web.keys import ring
from web.realtime_metrics import RealtimeMetrics
from web.tokens import AccessTokens

CONFIG = b'[limits]\nsession_events = 77\nsession_bytes = 88888\nsockets_per_user = 3\n[timeouts]\nheartbeat = "9s"\n'


def test_streams_are_kept_as_configured() -> None:
    kept = settings(load(CONFIG, make_up=lambda path: SECRET).config)
    assert (kept.heartbeat, kept.limits.frames, kept.limits.size, kept.limits.per_user) == (9.0, 77, 88888, 3)


async def test_all_doors_of_the_live_page_are_there(database: Database, tmp_path: Any) -> None:
    config = load(b"", make_up=lambda path: SECRET).config
    registry = CollectorRegistry()
    metrics = RealtimeMetrics(registry)
    sessions, stores = SessionRegistry(metrics, now), Stores.of(config, "postgresql://nowhere", 1, tmp_path)
    tail = EventTail(EventLog(database), lambda frames: None, sessions.reset)
    streams = AgentStreams(config, stores, sessions, tail, metrics, now)
    access = AccessTokens(ring([SECRET], "access token"))
    accounts = Accounts(Gathered(UserStore(database).accounts), access)
    routes = streams.routes(accounts, access, Signals(AudienceCache(stores.viewers), sessions, now))
    assert {"/ws", "/sse", "/api/v1/realtime/tickets", "/api/v1/users/me/presence"} <= {route.path for route in routes}
    assert len(accounts.watchers) == 1
    assert b"hub_realtime_presence_untold 0.0" in generate_latest(registry)
    await streams.drain(0.0)
