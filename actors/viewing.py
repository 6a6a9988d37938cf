"""Who looks at which conversation now, and who types there: what a person who opens it is shown at once.

It lives in memory: every open socket looks at one conversation at most, so it is as large as the crowd.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from attrs import define

TYPING_LASTS = 6.0
"""Seconds for which somebody counts as typing after each sign of it."""


@define
class _Looker:
    name: str
    screens: int = 0
    typed_at: float = float("-inf")


class ViewingBoard:
    """The lookers of one replica."""

    def __init__(self, typing_lasts: float = TYPING_LASTS, clock: Callable[[], float] = time.monotonic) -> None:
        self._typing_lasts, self._clock = typing_lasts, clock
        self._lookers: dict[UUID, dict[UUID, _Looker]] = {}

    def __len__(self) -> int:
        return len(self._lookers)

    def looks(self, conversation_id: UUID, user_id: UUID, name: str) -> None:
        """One more screen of a person shows the conversation."""
        lookers = self._lookers.setdefault(conversation_id, {})
        lookers.setdefault(user_id, _Looker(name)).screens += 1

    def turns_away(self, conversation_id: UUID, user_id: UUID) -> bool:
        """One screen less; whether it was the person's last."""
        lookers = self._lookers.get(conversation_id, {})
        looker = lookers.get(user_id)
        if looker is None:
            return True
        looker.screens -= 1
        if looker.screens > 0:
            return False
        del lookers[user_id]
        if not lookers:
            del self._lookers[conversation_id]
        return True

    def types(self, conversation_id: UUID, user_id: UUID) -> None:
        """A person types; it counts for one who looks."""
        looker = self._lookers.get(conversation_id, {}).get(user_id)
        if looker is not None:
            looker.typed_at = self._clock()

    def of(self, conversation_id: UUID, but: UUID | None = None) -> list[dict[str, Any]]:
        """Who looks, without one: `{id, name, typing}`."""
        now = self._clock()
        return [
            {"id": str(user_id), "name": looker.name, "typing": now - looker.typed_at < self._typing_lasts}
            for user_id, looker in self._lookers.get(conversation_id, {}).items()
            if user_id != but
        ]
