"""The throttle against guessed passwords in PostgreSQL: the port `hub.sign_in.Attempts`.

An attempt is counted before its password is looked at, so that a hundred guesses at once are a hundred attempts. What
is blocked is refused unseen, the right password too, and is never blocked for longer than the window.
"""

import hashlib
from datetime import timedelta

from attrs import frozen

from storage.database import Database
from storage.sql import load


@frozen
class Sql:
    """The queries of `login_attempt.sql`."""

    ensure: str
    hold: str
    count: str
    forget: str
    give_back: str
    prune: str


SQL = load("login_attempt.sql", Sql)


@frozen
class Throttle:
    """How many attempts an account and an address have in `window` seconds; then `block` seconds of rest, doubling.

    An address has more of them: many people can share one.
    """

    account: int = 10
    address: int = 50
    window: float = 900.0
    block: float = 30.0


class AttemptStore:
    """The attempts. E-mails are kept as hashes only: most of those tried are nobody's."""

    def __init__(self, database: Database, throttle: Throttle | None = None) -> None:
        self._database, self._throttle = database, throttle or Throttle()
        self._window = timedelta(seconds=self._throttle.window)
        self._block = timedelta(seconds=self._throttle.block)

    async def begin(self, account: str, address: str) -> float | None:
        """Counts an attempt before the password is looked at; the seconds to wait when it is refused unseen."""
        allowed = {_account(account): self._throttle.account, _address(address): self._throttle.address}
        async with self._database.transaction() as connection:
            await connection.execute(SQL.ensure, sorted(allowed))
            wait: float | None = await connection.fetchval(SQL.hold, sorted(allowed))
            if wait is not None and wait > 0:
                return wait
            for subject, most in sorted(allowed.items()):
                await connection.execute(SQL.count, subject, most, self._window, self._block)
        return None

    async def succeeded(self, account: str, address: str) -> None:
        """The password was right: the account's count starts anew, the address gets its attempt back."""
        async with self._database.transaction() as connection:
            await connection.execute(SQL.forget, _account(account))
            await connection.execute(SQL.give_back, _address(address))

    async def prune(self) -> None:
        """Forgets what is older than the window."""
        async with self._database.acquire() as connection:
            await connection.execute(SQL.prune, self._window)


def _account(email: str) -> str:
    return "account:" + hashlib.sha256(email.encode()).hexdigest()


def _address(address: str) -> str:
    return f"address:{address}"
