"""What a client may say on its socket, and what becomes of what it may not."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import orjson

from actors.presence import PresenceBoard
from actors.session import CloseCode, Session
from actors.signals import Signals
from hub.errors import HubError, Invalid, NotFound
from hub.frame import control_frame
from hub.presence import Availability

PER_SECOND = 5.0
BURST = 10.0
"""Frames that may come at once after a quiet time; then `PER_SECOND`. What is above is dropped. Colleagues' figures."""

DROPPED = 50
"""Frames dropped in a row after which the client is cut (1008): it does not mean to stop."""

GARBAGE = 3
"""Frames that are no JSON object with a type, after which it is cut (1008)."""

LONGEST_REASON = 200


class Flood:
    """A token bucket. `now` is in seconds of a steady clock."""

    def __init__(self, now: float, per_second: float = PER_SECOND, burst: float = BURST) -> None:
        self._per_second, self._burst = per_second, burst
        self._tokens = burst
        self._seen = now
        self.dropped = 0

    def take(self, now: float) -> bool:
        """Whether one more is within the limit."""
        self._tokens = min(self._burst, self._tokens + (now - self._seen) * self._per_second)
        self._seen = now
        if self._tokens < 1:
            self.dropped += 1
            return False
        self._tokens -= 1
        self.dropped = 0
        return True


Act = Callable[[dict[str, Any]], Awaitable[None]]
"""What is done with a frame."""


class Frames:
    """Reads one client's frames. Who may say what beside `ping` is added by kinds of clients."""

    def __init__(
        self, session: Session, now: Callable[[], float], per_second: float = PER_SECOND, burst: float = BURST
    ) -> None:
        self._session = session
        self._now = now
        self._flood = Flood(now(), per_second, burst)
        self._garbage = 0
        self._known: dict[str, Act] = {"ping": self._ping}

    async def take(self, text: str) -> CloseCode | None:
        """Does what a frame asks for; a code when the client has to be cut. Errors are told to it as frames."""
        if not self._flood.take(self._now()):
            return CloseCode.POLICY if self._flood.dropped >= DROPPED else None
        frame = _object(text)
        if frame is None:
            self._garbage += 1
            if self._garbage >= GARBAGE:
                return CloseCode.POLICY
            self._refuse("invalid_json", "A frame is a JSON object with a type.")
            return None
        act = self._known.get(frame["type"])
        if act is None:
            self._refuse("invalid_request", f"Known types: {', '.join(self._known)}.")
            return None
        try:
            await act(frame)
        except NotFound:
            self._refuse("forbidden", "There is no such conversation, or it is not yours to see.")
        except HubError as error:
            self._refuse(error.code, error.detail)
        return None

    async def leave(self) -> None:
        """The socket is gone."""

    def _refuse(self, code: str, detail: str) -> None:
        self._session.say(control_frame("error", code=code, detail=detail))

    async def _ping(self, frame: dict[str, Any]) -> None:
        self._session.say(control_frame("pong"))


class ClientFrames(Frames):
    """What agents say: where they type and look, and how they want to be shown."""

    def __init__(
        self,
        session: Session,
        signals: Signals,
        presence: PresenceBoard,
        now: Callable[[], float],
        per_second: float = PER_SECOND,
    ) -> None:
        super().__init__(session, now, per_second, 2 * per_second)
        self._signals = signals
        self._presence = presence
        self._viewing: UUID | None = None
        self._known = {"typing": self._typing, "viewing": self._view, "presence": self._choose, **self._known}

    async def leave(self) -> None:
        """Colleagues need not think that somebody is still looking."""
        if self._viewing is not None:
            try:
                await self._signals.viewing(self._session.viewer, self._viewing, looks=False)
            except HubError:
                return

    async def _typing(self, frame: dict[str, Any]) -> None:
        await self._signals.typing(self._session.viewer, _conversation(frame))

    async def _view(self, frame: dict[str, Any]) -> None:
        looked_at, self._viewing = self._viewing, None
        if looked_at is not None and frame.get("conversation_id") != str(looked_at):
            await self._signals.viewing(self._session.viewer, looked_at, looks=False)
        if frame.get("conversation_id") is not None:
            conversation_id = _conversation(frame)
            again = conversation_id == looked_at
            others = await self._signals.viewing(self._session.viewer, conversation_id, again=again)
            self._viewing = conversation_id
            for other in others:
                self._session.say(other)

    async def _choose(self, frame: dict[str, Any]) -> None:
        state, reason = frame.get("state"), frame.get("reason")
        if not isinstance(state, str) or state not in list(Availability):
            raise Invalid(f"state must be one of {', '.join(Availability)}.")
        if reason is not None and (not isinstance(reason, str) or len(reason) > LONGEST_REASON):
            raise Invalid(f"reason must be a text of at most {LONGEST_REASON} characters.")
        self._presence.choose(self._session.viewer.user_id, Availability(state), reason)


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = orjson.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) and isinstance(value.get("type"), str) else None


def _conversation(frame: dict[str, Any]) -> UUID:
    try:
        return UUID(str(frame.get("conversation_id")))
    except ValueError:
        raise Invalid("conversation_id must be a UUID.") from None
