"""Identifiers in the forms that Meta uses. They are opaque; code that parses or half-escapes them breaks here."""

import base64
import random
import string

_INBOUND, _OUTBOUND = 0x12, 0x11


class Ids:
    """A seeded source of every kind of id. `run` tells worlds of one seed apart: their people and accounts have the
    same ids, their messages have not.
    """

    def __init__(self, seed: int, run: int = 0) -> None:
        self._random = random.Random(f"ids-{seed}")
        self._messages = random.Random(f"messages-{seed}-{run}")

    def wamid(self, party: str, *, outbound: bool) -> str:
        """`wamid.` and base64 of a length-prefixed phone number (or user id) and noise.

        Every id has at least one `+`, one `/` and one `=`, which a URL or a log line must survive.
        """
        address = party.encode()
        head = bytes([0x1C, 0x18, len(address)]) + address
        head += bytes([0x15, 0x02, 0x00, _OUTBOUND if outbound else _INBOUND, 0x18])
        while True:
            noise = self._messages.randbytes(self._messages.randint(18, 22))
            text = base64.b64encode(head + bytes([len(noise)]) + noise + b"\0").decode()
            if all(mark in text for mark in "+/="):
                return f"wamid.{text}"

    def call(self) -> str:
        """A call's id."""
        return "wacid." + base64.b64encode(self._messages.randbytes(20)).decode()

    def bsuid(self, country: str) -> str:
        """A business-scoped user id: `BR.1349…`."""
        return f"{country}.{self._random.randint(10**19, 10**20 - 1)}"

    def number(self, digits: int = 16) -> str:
        """A decimal id, as media, templates and accounts have."""
        return str(self._random.randint(10 ** (digits - 1), 10**digits - 1))

    def token(self, length: int = 24) -> str:
        """Letters and digits: trace ids, hashes in links."""
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=length))
