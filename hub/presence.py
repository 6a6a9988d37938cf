"""Who is there. Being connected makes a person online; leaving counts only after a while: a reload is no news."""

from enum import StrEnum
from itertools import islice
from uuid import UUID

from attrs import define, frozen

LINGER = 10.0
"""Seconds after the last connection was closed in which a person still counts as there."""


class Availability(StrEnum):
    """What colleagues are shown."""

    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


@frozen
class Presence:
    """One person as shown to colleagues; `reason` is the person's own words for being away."""

    user_id: UUID
    name: str
    state: Availability
    reason: str | None = None


@define
class _Person:
    name: str
    connections: int = 0
    chosen: Availability = Availability.ONLINE
    reason: str | None = None
    # When the last connection was closed; None while there is one.
    left_at: float | None = None


class PresenceTable:
    """The people of one replica, from their first connection until `LINGER` seconds after their last.

    Each change returns what is to be shown now, or None when nothing changed for others. `now` is in seconds of any
    steady clock. What a person chose (away, offline) is forgotten when they leave.
    """

    def __init__(self, linger: float = LINGER) -> None:
        self._linger = linger
        self._people: dict[UUID, _Person] = {}

    def of(self, user_id: UUID) -> Availability:
        """What is shown of a person."""
        person = self._people.get(user_id)
        return Availability.OFFLINE if person is None else person.chosen

    def everybody(self, most: int | None = None) -> list[Presence]:
        """All who are not offline; at most so many."""
        shown = (_shown(user_id, person) for user_id, person in self._people.items())
        return list(islice((presence for presence in shown if presence.state is not Availability.OFFLINE), most))

    def connected(self, user_id: UUID, name: str) -> Presence | None:
        """One more connection."""
        person = self._people.get(user_id)
        if person is None:
            person = self._people[user_id] = _Person(name, 1)
            return _shown(user_id, person)
        person.connections += 1
        person.left_at = None
        return None

    def disconnected(self, user_id: UUID, now: float) -> None:
        """One connection less. The last one starts the time after which the person has left."""
        person = self._people.get(user_id)
        if person is not None and person.connections > 0:
            person.connections -= 1
            if person.connections == 0:
                person.left_at = now

    def choose(self, user_id: UUID, state: Availability, reason: str | None) -> Presence | None:
        """The person says how to be shown. Nobody who is not connected can choose."""
        person = self._people.get(user_id)
        if person is None or (person.chosen, person.reason) == (state, reason):
            return None
        person.chosen, person.reason = state, reason
        return _shown(user_id, person)

    def leave(self, now: float) -> list[Presence]:
        """Those whose time is over: they have left."""
        gone = [
            (user_id, person)
            for user_id, person in self._people.items()
            if person.left_at is not None and now - person.left_at >= self._linger
        ]
        for user_id, _ in gone:
            del self._people[user_id]
        return [
            Presence(user_id, person.name, Availability.OFFLINE)
            for user_id, person in gone
            if person.chosen is not Availability.OFFLINE
        ]


def _shown(user_id: UUID, person: _Person) -> Presence:
    return Presence(user_id, person.name, person.chosen, person.reason)
