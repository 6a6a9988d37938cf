"""A request's head, told from its bytes for those that leave no doubt.

The HTTP parser has the word on every request that is handled. This is for one that is not going to be read.
"""

import re

from attrs import frozen

_LENGTH = b"\r\ncontent-length:"
_REQUEST_ID = b"\r\nx-request-id:"
_CONNECTION = b"\r\nconnection:"
_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")


@frozen
class Head:
    """A request's head: its fields as they came and in lower case, and the bytes of the request with its body."""

    given: bytes
    fields: bytes
    size: int

    @classmethod
    def of(cls, data: bytes) -> "Head | None":
        """The head that `data` begins with; None when it is not all there, or its length is not plainly said."""
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return None
        given = data[data.find(b"\r\n") : end + 2]
        fields = given.lower()
        begin = fields.find(_LENGTH)
        if begin < 0:
            length = 0
        else:
            said = fields[begin + len(_LENGTH) : fields.find(b"\r\n", begin + 2)].strip(b" \t")
            if not said.isdigit() or len(said) > 12 or fields.find(_LENGTH, begin + 2) >= 0:
                return None
            length = int(said)
        if b"transfer-encoding" in fields:
            return None
        return cls(given, fields, end + 4 + length)

    @property
    def plain(self) -> bool:
        """Whether the connection just goes on after the answer, and nothing is to be said in between."""
        if b"\r\nexpect:" in self.fields or b"\r\nupgrade:" in self.fields:
            return False
        return _CONNECTION not in self.fields or self._value(_CONNECTION).lower() in (b"", b"keep-alive")

    @property
    def request_id(self) -> str | None:
        """The caller's id of the request, if it gave one."""
        value = self._value(_REQUEST_ID)
        return value.decode() if _ID.fullmatch(value) else None

    def _value(self, name: bytes) -> bytes:
        at = self.fields.find(name)
        if at < 0:
            return b""
        return self.given[at + len(name) : self.given.find(b"\r\n", at + 2)].strip(b" \t")
