"""Notices by mail, through one SMTP server (RFC 5321).

`smtps://` speaks TLS from the beginning, `smtp://` changes to it when the server offers STARTTLS. A password is sent
without TLS to this machine only.
"""

import ipaddress
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

import aiosmtplib
from attrs import field, frozen

from hub.notice import Carried, Notice, Receipt

TIMEOUT = 10.0
"""Seconds for each step of a conversation with the server; the whole is bounded by the notifier."""

PORTS = {"smtp": 587, "smtps": 465}


@frozen
class MailServer:
    """Where mail is handed in."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> "MailServer":
        """The server of `smtp://user:password@host:587` or `smtps://…`."""
        parts = urlsplit(url)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname or "", parts.port or PORTS[parts.scheme], parts.scheme == "smtps", user, password)

    @property
    def here(self) -> bool:
        """Whether it is on this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


@frozen
class MailCarrier:
    """Hands in one letter at a time, each over a connection of its own: there are few."""

    server: MailServer
    sender: str

    async def carry(self, notice: Notice) -> Receipt:
        """Tries once."""
        if notice.email is None:
            return Receipt(Carried.DEAD, "no_address")
        message, to = letter(notice, self.sender), [notice.email]
        return await self._tried(lambda client: client.send_message(message, sender=self.sender, recipients=to))

    async def try_door(self) -> Receipt:
        """Whether it would be let in; nothing is handed in."""
        return await self._tried(lambda client: client.noop())

    async def _tried(self, act: Callable[[aiosmtplib.SMTP], Awaitable[object]]) -> Receipt:
        server = self.server
        client = aiosmtplib.SMTP(
            hostname=server.host, port=server.port, use_tls=server.tls, timeout=TIMEOUT, local_hostname="localhost"
        )
        try:
            async with client:
                if server.user:
                    if not (server.here or client.get_transport_info("sslcontext")):
                        return Receipt(Carried.DEAD, "no_tls")
                    await client.login(server.user, server.password)
                await act(client)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return receipt(error)
        return Receipt(Carried.SENT)


def letter(notice: Notice, sender: str) -> EmailMessage:
    """The letter. Its id is the notice's, so that one that is sent twice can be seen to be one."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, notice.email, f"[Hub] {notice.title}"
    message["Date"] = format_datetime(notice.created_at)
    message["Message-ID"] = f"<{notice.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    if notice.critical:
        message["Importance"] = "high"
    message.set_content(f"{notice.text}\n")
    return message


def receipt(error: Exception) -> Receipt:
    """What a failure means: a 5xx for the letter or its recipient is for ever, everything else may pass."""
    code = getattr(error, "code", None)
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        code = error.recipients[0].code
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return Receipt(Carried.RETRY, "sign_in")
    if isinstance(code, int) and code > 0:
        return Receipt(Carried.DEAD if 500 <= code < 600 else Carried.RETRY, f"smtp_{code}")
    if isinstance(error, TimeoutError):
        return Receipt(Carried.RETRY, "timeout")
    return Receipt(Carried.RETRY, "connection")
