"""Signing in: the long-lived half, one session per browser, and the throttle against guessing."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from attrs import frozen


@frozen
class SignIn:
    """One browser that is signed in."""

    id: UUID
    user_agent: str | None
    address: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class Rotation(StrEnum):
    """What became of a refresh token that was shown.

    `rotated`: it was the current one, the new one is in its place. `late`: it was current a moment ago, a parallel
    request was faster; nothing is lost. `reused`: it was used up before, so somebody has a copy; the session is ended.
    `ended`: the session is over, expired or unknown.
    """

    ROTATED = "rotated"
    LATE = "late"
    REUSED = "reused"
    ENDED = "ended"


class SignIns(Protocol):
    """Where sign-ins are kept; tokens only as hashes. Every method raises Unavailable when the database is away."""

    async def open(
        self, session_id: UUID, user_id: UUID, token_hash: bytes, user_agent: str | None, address: str | None
    ) -> None:
        """A new sign-in. Above the limit per user the one unused for the longest time is ended."""

    async def rotate(self, session_id: UUID, shown: bytes, fresh: bytes) -> tuple[Rotation, UUID | None]:
        """Puts the fresh token's hash in the place of the shown one's; answers what happened, and whose it is."""

    async def owner(self, session_id: UUID) -> UUID | None:
        """Whose it is, ended or not."""

    async def of_user(self, user_id: UUID) -> list[SignIn]:
        """The user's sign-ins that have not ended, the newest use first."""

    async def end(self, user_id: UUID, session_id: UUID) -> bool:
        """Ends one; false when the user has no such sign-in."""

    async def end_others(self, user_id: UUID, keep: UUID | None) -> None:
        """Ends all of a user's but one."""


class Attempts(Protocol):
    """The throttle: wrong passwords per account and per address, over all replicas."""

    async def begin(self, account: str, address: str) -> float | None:
        """Counts an attempt before the password is looked at; the seconds to wait when it is refused unseen."""

    async def succeeded(self, account: str, address: str) -> None:
        """The password was right: the account's count starts anew, the address gets its attempt back."""
