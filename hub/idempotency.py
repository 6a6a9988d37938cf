"""Answering the same request twice with one effect: what a key can be found to be."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from attrs import frozen


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

    async def settle(self, claim: Claim, answer: Answer) -> None:
        """Keeps the answer for those who ask again."""

    async def release(self, claim: Claim) -> None:
        """Gives the key up: nothing was done, the next request with it is a first one again."""
