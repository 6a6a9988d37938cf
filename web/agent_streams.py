"""The live streams of colleagues, put together: who is let in, who is there, who looks and types where."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from actors.event_tail import EventTail
from actors.presence import PresenceBoard
from actors.replay import Replayer
from actors.rights_watch import RightsWatch
from actors.session import SessionLimits
from actors.session_registry import SessionRegistry
from actors.signals import Signals
from actors.viewing import ViewingBoard
from hub.config import Config
from hub.ports import EventStore, StreamTickets, Viewers
from hub.presence import PresenceTable
from web.accounts import Accounts
from web.realtime import Colleagues, Realtime, StreamSettings
from web.realtime_access import Gate
from web.realtime_actions import RealtimeActions
from web.realtime_metrics import RealtimeMetrics
from web.routes import Route
from web.tokens import AccessTokens


class Stores(Protocol):
    """What the streams read."""

    @property
    def events(self) -> EventStore: ...
    @property
    def viewers(self) -> Viewers: ...
    @property
    def tickets(self) -> StreamTickets: ...


def settings(config: Config) -> StreamSettings:
    """How streams are kept, those of colleagues and those of customers."""
    limits = config.limits
    return StreamSettings(
        heartbeat=config.timeouts.heartbeat,
        stalled=config.timeouts.ws_send,
        limits=SessionLimits(limits.session_events, limits.session_bytes, limits.sockets_per_user),
    )


class AgentStreams:
    """The streams and what goes with them. `rights` and `presence` are to be run."""

    def __init__(
        self,
        config: Config,
        stores: Stores,
        sessions: SessionRegistry,
        tail: EventTail,
        metrics: RealtimeMetrics,
        clock: Callable[[], datetime],
    ) -> None:
        self._config, self._stores, self._sessions, self._tail = config, stores, sessions, tail
        self._metrics, self._clock = metrics, clock
        self.rights = RightsWatch(sessions, stores.viewers)
        self.presence = PresenceBoard(sessions, clock, table=PresenceTable(config.presence.leave_after))
        self.viewing = ViewingBoard(config.presence.typing_ttl)
        self._realtime: Realtime | None = None
        metrics.count_untold(lambda: self.presence.untold)

    def routes(self, accounts: Accounts, access: AccessTokens, signals: Signals) -> list[Route]:
        """The streams, and the requests beside them."""
        accounts.watchers.append(self.rights.changed)
        stores = self._stores
        gate = Gate(accounts, access, stores.viewers, stores.tickets, public_url=self._config.server.public_url)
        self._realtime = Realtime(
            gate,
            self._tail,
            self._sessions,
            Replayer(self._tail, stores.events, self._sessions, self._config.events.replay),
            Colleagues(self.presence, signals, self._config.presence.typing_per_second),
            self._metrics,
            self._clock,
            settings(self._config),
        )
        return [*self._realtime.routes(), *RealtimeActions(gate, self.presence, signals).routes()]

    async def drain(self, spread: float) -> None:
        """Sends everybody elsewhere within `spread` seconds."""
        if self._realtime is not None:
            await self._realtime.drain(spread)
