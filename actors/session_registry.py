"""The sessions of this replica, indexed by who may see what, so that an event touches only those it is for.

An event is encoded once and delivered to all of them; who they are is found once per audience and kept.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import chain, groupby
from typing import Protocol
from uuid import UUID

from attrs import define, evolve, field

from actors.deliveries import Deliveries, utc_now
from actors.session import CloseCode, Session
from hub.audience import Viewer, entitled
from hub.events import Audience
from hub.frame import Frame, control_frame
from hub.rights import sees_all

TARGETS_KEPT = 2048
DRAIN_STEPS = 20


class FanOutObserver(Protocol):
    """Counts what is sent; the metrics implement it."""

    def sent(self, type: str, sessions: int) -> None:
        """An event was put on its way to this many sessions."""

    def delayed(self, transport: str, seconds: float) -> None:
        """From an event's commit until the last session of this transport was written to."""

    def cut(self, transport: str, code: CloseCode) -> None:
        """The hub ended a session."""


@define
class _Targets:
    websockets: list[Session] = field(factory=list)
    streams: list[Session] = field(factory=list)


def _told_to(frame: Frame) -> tuple[Audience, bool]:
    return frame.audience, frame.conversation


class SessionRegistry:
    """Who is connected. All methods are called from the loop's thread; none waits but `drain`."""

    def __init__(self, observer: FanOutObserver, clock: Callable[[], datetime] = utc_now) -> None:
        self._observer = observer
        self._by_user: dict[UUID, list[Session]] = {}
        self._live: dict[Session, None] = {}
        self._admins: dict[Session, None] = {}
        self._by_team: dict[UUID, dict[Session, None]] = {}
        # Who is told, per audience: valid until anybody comes, goes or changes rights.
        self._targets: dict[tuple[Audience, bool], _Targets] = {}
        self._deliveries = Deliveries(self, clock)

    def __len__(self) -> int:
        return sum(map(len, self._by_user.values()))

    def sessions(self) -> list[Session]:
        """Everybody's, as they are now."""
        return [session for sessions in self._by_user.values() for session in sessions]

    def users(self) -> tuple[UUID, ...]:
        """Who is connected."""
        return tuple(self._by_user)

    def of_user(self, user_id: UUID) -> tuple[Session, ...]:
        """The sessions of one person, the oldest first."""
        return tuple(self._by_user.get(user_id, ()))

    def add(self, session: Session) -> None:
        """Takes a session in; it is told nothing until `go_live`. Above its user's limit the oldest one is cut."""
        mine = self._by_user.setdefault(session.viewer.user_id, [])
        mine.append(session)
        for oldest in mine[: max(0, len(mine) - session.limits.per_user)]:
            self.cut(oldest, CloseCode.TOO_MANY)

    def go_live(self, session: Session) -> None:
        """From now on what is published reaches the session."""
        if not session.closed:
            session.live = True
            self._index(session)

    def remove(self, session: Session) -> None:
        """Forgets a session; once is enough, twice does no harm."""
        session.closed = True
        self._unindex(session)
        mine = self._by_user.get(session.viewer.user_id, [])
        if session in mine:
            mine.remove(session)
        if not mine:
            self._by_user.pop(session.viewer.user_id, None)

    def cut(self, session: Session, code: CloseCode, retry_after: float | None = None) -> None:
        """Ends a session from our side."""
        if not session.closed:
            self.remove(session)
            session.pending.clear()
            self._observer.cut(session.link.transport, code)
            session.link.close(code, retry_after)

    def publish(self, frames: Sequence[Frame]) -> None:
        """Puts durable events on their way to everybody who may see them. Neighbours for the same people are one."""
        for key, group in groupby(frames, _told_to):
            targets = self._entitled(*key)
            self._send(targets.websockets, targets.streams, list(group))

    def signal(self, frames: Sequence[Frame], but: UUID | None = None) -> None:
        """Puts passing signs for one audience on their way, except to one person and to those who are behind anyway."""
        targets = self._entitled(*_told_to(frames[0]))
        spared = () if but is None else self._by_user.get(but, ())
        websockets = [s for s in targets.websockets if not s.lagging and s not in spared]
        streams = [s for s in targets.streams if not s.lagging and s not in spared]
        self._send(websockets, streams, frames, durable=False)

    def reset(self, reason: str, seq: int) -> None:
        """Tells everybody to fetch afresh and to go on from `seq`. Who is still catching up has to start again."""
        frame = control_frame("reset", seq, reason=reason, seq=seq)
        for session in self.sessions():
            if session.live:
                self._deliveries.put([session], session.encode(frame))
            else:
                self.cut(session, CloseCode.RESTART)

    def rights_changed(self, viewer: Viewer) -> None:
        """From now on the person's sessions are told what these rights allow, and to fetch afresh."""
        frame = control_frame("reset", reason="acl")
        for session in self.of_user(viewer.user_id):
            self._unindex(session)
            # The version stays that of the session's own token, by which it is found to be signed out.
            session.viewer = evolve(viewer, token_version=session.viewer.token_version)
            if session.live:
                self._index(session)
                self._deliveries.put([session], session.encode(frame))
            else:
                session.say(frame)

    def sweep(self) -> None:
        """Ends sessions whose peer has hung up: one that only listens is not noticed otherwise until the next ping."""
        for session in self.sessions():
            if session.link.lost():
                self.gone(session)

    def gone(self, session: Session) -> None:
        """Its peer has hung up."""
        self.remove(session)
        session.link.close(CloseCode.LOST, None)

    def slow(self, session: Session) -> None:
        """More waits for it than may."""
        self.cut(session, CloseCode.SLOW)

    def delayed(self, transport: str, seconds: float) -> None:
        """Events are written to everybody."""
        self._observer.delayed(transport, seconds)

    async def drain(self, spread: float) -> None:
        """Sends everybody to another replica, over `spread` seconds, so that they do not all knock there at once."""
        sessions = self.sessions()
        size = max(1, -(-len(sessions) // DRAIN_STEPS))
        for begin in range(0, len(sessions), size):
            for session in sessions[begin : begin + size]:
                wait = round(secrets.SystemRandom().uniform(0.1, max(0.1, spread)), 1)
                self.cut(session, CloseCode.RESTART, wait)
            await asyncio.sleep(spread / DRAIN_STEPS)

    def _index(self, session: Session) -> None:
        self._live[session] = None
        if sees_all(session.viewer.role):
            self._admins[session] = None
        for team_id in session.viewer.team_ids:
            self._by_team.setdefault(team_id, {})[session] = None
        self._targets.clear()

    def _unindex(self, session: Session) -> None:
        if session not in self._live:
            return
        del self._live[session]
        self._admins.pop(session, None)
        for team_id in session.viewer.team_ids:
            team = self._by_team[team_id]
            team.pop(session, None)
            if not team:
                del self._by_team[team_id]
        self._targets.clear()

    def _entitled(self, audience: Audience, conversation: bool) -> _Targets:
        key = (audience, conversation)
        targets = self._targets.get(key)
        if targets is None:
            targets = _Targets()
            for session in self._candidates(audience, conversation):
                if session.live and entitled(session.viewer, audience, conversation=conversation):
                    (targets.websockets if session.websocket else targets.streams).append(session)
            if len(self._targets) >= TARGETS_KEPT:
                self._targets.clear()
            self._targets[key] = targets
        return targets

    def _candidates(self, audience: Audience, conversation: bool) -> Iterable[Session]:
        """A superset of who may see it, without looking at everybody."""
        if audience.user_id is not None:
            return self._by_user.get(audience.user_id, ())
        if audience.members:
            named = (self._by_user.get(id, ()) for id in audience.members)
            return dict.fromkeys(chain(*named, *(self._by_team.get(id, ()) for id in audience.members)))
        if audience.everybody and not conversation:
            return self._live
        found = dict(self._admins)
        if audience.team_id is not None:
            found.update(self._by_team.get(audience.team_id, {}))
        if audience.assignee_id is not None:
            found.update(dict.fromkeys(self._by_user.get(audience.assignee_id, ())))
        return found

    def _send(
        self,
        websockets: Sequence[Session],
        streams: Sequence[Session],
        frames: Sequence[Frame],
        *,
        durable: bool = True,
    ) -> None:
        at = frames[0].at if durable else None
        if websockets:
            self._deliveries.put(websockets, b"".join([frame.websocket for frame in frames]), len(frames), at)
        if streams:
            self._deliveries.put(streams, b"".join([frame.stream for frame in frames]), len(frames), at)
        for frame in frames:
            self._observer.sent(frame.type, len(websockets) + len(streams))
