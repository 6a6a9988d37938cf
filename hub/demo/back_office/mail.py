"""A mail server: SMTP (RFC 5321) with AUTH PLAIN and LOGIN (RFC 4954) on 127.0.0.1, which keeps what it is given."""

import asyncio
import base64
import binascii
import contextlib
from collections import deque
from email import message_from_bytes, policy
from email.message import EmailMessage

from attrs import define, field

from hub.demo.back_office.credentials import Credentials
from hub.demo.back_office.faults import FaultKind, Faults

KEPT = 1000
LONGEST = 1_000_000
"""Bytes of a letter; a longer one is refused with 552."""
PATIENCE = 60.0


@define
class Letter:
    """What was handed in."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """Read."""
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def text(self) -> str:
        """Its plain text."""
        part = self.message.get_body(("plain",))
        return "" if part is None else str(part.get_content())


@define
class _Visit:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    known: bool
    sender: str | None = None
    recipients: list[str] = field(factory=list)

    async def say(self, line: str) -> None:
        self.writer.write(line.encode() + b"\r\n")
        await self.writer.drain()

    async def hear(self) -> str | None:
        line = await asyncio.wait_for(self.reader.readline(), PATIENCE)
        return line.decode("utf-8", "replace").rstrip("\r\n") if line.endswith(b"\n") else None

    def reset(self) -> None:
        self.sender, self.recipients = None, []


class Mail:
    """The server. Without a user in the credentials nobody has to sign in."""

    def __init__(self, credentials: Credentials, faults: Faults) -> None:
        self._credentials, self._faults = credentials, faults
        self.letters: deque[Letter] = deque(maxlen=KEPT)
        self._server: asyncio.Server | None = None
        self._visits: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listens."""
        self._server = await asyncio.start_server(self._visited, host, port)

    async def stop(self) -> None:
        """Hangs up on everybody."""
        if self._server is not None:
            self._server.close()
        for visit in tuple(self._visits):
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    async def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._visits.add(task)
        try:
            await self._serve(_Visit(reader, writer, known=not self._credentials.mail_user))
        except (TimeoutError, ConnectionError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._visits.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(self, visit: _Visit) -> None:
        await visit.say("220 mail.demo.test ESMTP")
        while (line := await visit.hear()) is not None:
            verb, _, rest = line.partition(" ")
            if verb.upper() == "QUIT":
                await visit.say("221 bye")
                return
            await self._obey(visit, verb.upper(), rest)

    async def _obey(self, visit: _Visit, verb: str, rest: str) -> None:
        if verb == "EHLO":
            await visit.say(f"250-mail.demo.test\r\n250-SIZE {LONGEST}\r\n250-SMTPUTF8\r\n250-8BITMIME")
            await visit.say("250 AUTH PLAIN LOGIN")
        elif verb == "AUTH":
            await self._sign_in(visit, rest)
        elif verb in ("HELO", "NOOP", "RSET"):
            visit.reset()
            await visit.say("250 fine")
        elif verb in ("MAIL", "RCPT") and not visit.known:
            await visit.say("530 sign in first")
        elif verb == "MAIL":
            visit.sender = _address(rest)
            await visit.say("250 sender fine")
        elif verb == "RCPT" and visit.sender is not None:
            visit.recipients.append(_address(rest))
            await visit.say("250 recipient fine")
        elif verb == "DATA" and visit.recipients:
            await self._take(visit)
        else:
            await visit.say("503 not now")

    async def _sign_in(self, visit: _Visit, rest: str) -> None:
        how, _, first = rest.partition(" ")
        if how.upper() == "PLAIN":
            given = _decoded(first or await self._ask(visit, "")).split("\0")[-2:]
        else:
            given = [_decoded(await self._ask(visit, word)) for word in ("Username:", "Password:")]
        visit.known = given == [self._credentials.mail_user, self._credentials.mail_password]
        await visit.say("235 welcome" if visit.known else "535 wrong user or password")

    async def _ask(self, visit: _Visit, word: str) -> str:
        await visit.say("334 " + base64.b64encode(word.encode()).decode())
        return await visit.hear() or ""

    async def _take(self, visit: _Visit) -> None:
        await visit.say("354 go on, end with a dot")
        lines: list[bytes] = []
        while (line := await asyncio.wait_for(visit.reader.readline(), PATIENCE)) != b".\r\n":
            if not line:
                raise ConnectionResetError
            lines.append(line[1:] if line.startswith(b".") else line)
        raw = b"".join(lines)
        fault = self._faults.take("mail")
        if fault is not None and not fault.after:
            await self._fail(visit, fault.kind, fault.http, fault.seconds)
        elif len(raw) > LONGEST:
            await visit.say("552 too long")
        else:
            self.letters.append(Letter(visit.sender or "", visit.recipients, raw))
            if fault is not None:
                raise ConnectionResetError
            await visit.say("250 taken")
        visit.reset()

    async def _fail(self, visit: _Visit, kind: FaultKind, code: int, seconds: float) -> None:
        """An error is answered with 451 (try again later), or with the fault's own code when that is one of SMTP."""
        if kind is FaultKind.RESET:
            raise ConnectionResetError
        if kind is FaultKind.HANG:
            await asyncio.sleep(seconds)
        await visit.say(f"{code if 400 <= code < 600 and code != 500 else 451} not today")


def _address(rest: str) -> str:
    """The address in `FROM:<a@b> SIZE=…`."""
    return rest.partition("<")[2].partition(">")[0]


def _decoded(given: str) -> str:
    try:
        return base64.b64decode(given).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
