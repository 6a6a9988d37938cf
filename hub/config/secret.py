"""A secret that does not show itself, and the reasons why a secret is not good enough for production."""

import hmac

KNOWN = frozenset(
    {"changeme", "change-me", "change_me", "letmein", "secret", "token", "password", "passw0rd", "admin", "default"}
    | {"test", "demo", "example", "insecure", "postgres", "hub", "verify", "…", "..."}
)
"""What people leave in configuration files. A secret made only of repetitions of one of these counts as known."""


class Secret:
    """A value that must not be shown: `repr`, `str` and `format` give asterisks, `reveal()` the value.

    It is false when empty, compares in constant time, and has no attribute that a serialiser would find.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, at the one place that sends, signs or compares it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret('***')" if self._value else "Secret('')"

    def __str__(self) -> str:
        return "***" if self._value else ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a secret is not to be pickled")


def weakness(secret: Secret, shortest: int) -> str | None:
    """Why production refuses this secret, or None. `shortest` is in bytes of UTF-8."""
    value = secret.reveal()
    if _is_known(value):
        return "is one that everybody tries first"
    if len(set(value)) < 4:
        return "repeats the same few characters"
    if len(value.encode()) < shortest:
        return f"is shorter than {shortest} bytes"
    return None


def _is_known(value: str) -> bool:
    word = value.strip().lower().rstrip("!0123456789")
    return any(word and not word.replace(known, "") for known in KNOWN)
