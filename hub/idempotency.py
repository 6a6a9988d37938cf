"""Answering the same request twice with one effect: what a key can be found to be."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

from attrs import frozen

_EFFECTS = UUID("6f0d3c1e-52a4-4a0e-9f3b-1d7a86f0c2b5")


@frozen
class Answer:
    """A stored answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@frozen
class Claim:
    """The right to run the first request with a key, until somebody may think that it died. `at` tells claims apart."""

    scope: str
    key: str
    at: datetime

    @property
    def effect_id(self) -> UUID:
        """The name of what the request makes: the same for every run of it, and of no other principal's or key's."""
        return uuid5(_EFFECTS, f"{self.scope}\n{self.key}")


@frozen
class Running:
    """The first request is still running."""


@frozen
class Reused:
    """The key was used with another request."""


class Answers(Protocol):
    """Where answers are kept. `scope` is who asks. Every method raises Unavailable when the database is away."""

    async def claim(self, scope: str, key: str, request_hash: bytes) -> Claim | Answer | Running | Reused:
        """Takes the key, or says what it is."""

    def together(self, claim: Claim) -> AbstractAsyncContextManager[None]:
        """Commits what is written inside, the settled answer with it, as one, or nothing of it.

        While it is open nobody takes the key over. Raises IdempotencyInFlight when somebody has.
        """

    async def settle(self, claim: Claim, answer: Answer) -> None:
        """Keeps the answer for those who ask again."""

    async def release(self, claim: Claim) -> None:
        """Gives the key up: nothing was done, the next request with it is a first one again."""
