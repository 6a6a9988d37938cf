"""Passwords: argon2id in threads, few at a time, and the rules for new ones.

Cost by OWASP's Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane): about 70 ms of one core, so it never runs on
the event loop. Above `MOST_WAITING` people at the door the next one is told to come back.
"""

import asyncio
import os
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from hub.errors import Invalid, Overloaded
from web.common_passwords import is_common

P = ParamSpec("P")
T = TypeVar("T")

SHORTEST, LONGEST = 8, 1024
MOST_WAITING = 64
"""Hashes waiting for a thread; one more is refused with `overloaded`."""


class Passwords:
    """Hashes and compares. `threads` hashes run at once, 19 MiB each."""

    def __init__(self, threads: int = 2, memory_kib: int = 19 * 1024) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=memory_kib, parallelism=1)
        self._free = asyncio.Semaphore(threads)
        self._waiting = 0
        self._nobodys = _nobodys(self._hasher)

    async def hash(self, password: str) -> str:
        """The encoded hash of a password. Raises Overloaded."""
        return await self._in_thread(self._hasher.hash, normal(password))

    async def matches(self, encoded: str | None, password: str) -> bool:
        """Whether the password is the one. Without a hash (nobody has this e-mail) it takes as long and is not.

        Raises Overloaded.
        """
        if len(password) > LONGEST:
            return False
        right = await self._in_thread(self._verify, encoded or self._nobodys, normal(password))
        return right and encoded is not None

    def outdated(self, encoded: str) -> bool:
        """Whether a hash was made with other costs than today's."""
        return self._hasher.check_needs_rehash(encoded)

    def _verify(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, password)
        except (Argon2Error, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        if self._waiting >= MOST_WAITING:
            raise Overloaded
        self._waiting += 1
        try:
            async with self._free:
                return await asyncio.to_thread(work, *arguments, **named)
        finally:
            self._waiting -= 1


def _nobodys(hasher: PasswordHasher) -> str:
    """A hash of today's costs that no password has: its end is random. It is put together and not computed, so that a
    start does not wait for it."""
    salt, end = (b64encode(os.urandom(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len))
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${end}"


def normal(password: str) -> str:
    """The same characters however the keyboard composed them (NFC)."""
    return unicodedata.normalize("NFC", password)


def check_new(password: str, *, least: int = SHORTEST, about: tuple[str, ...] = (), path: str = "$.password") -> None:
    """Raises Invalid when a password is too short or long, one that everybody tries, or a word `about` the person."""
    word = normal(password).lower()
    if not least <= len(password) <= LONGEST:
        message = f"must have {least} to {LONGEST} characters"
    elif is_common(word) or len(set(word)) < 3:
        message = "is one that is tried first"
    elif word in {part.lower() for part in about}:
        message = "must not be your name or e-mail"
    else:
        return
    raise Invalid(errors=[{"path": path, "message": message}])
