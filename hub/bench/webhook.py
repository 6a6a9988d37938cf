"""Signed webhooks as Meta sends them (Meta, "Webhooks", "Messages"): one text message each."""

import hashlib
import hmac
import itertools
import re
import time
from collections.abc import Iterator

from attrs import define, field, frozen

MARK = re.compile(rb"bench-(\d{12})")
"""In the text of every message, so that it is found again in what the hub tells."""

_BODY = (
    '{"object":"whatsapp_business_account","entry":[{"id":"%(waba)s","changes":[{"value":{"messaging_product":"whatsapp",'
    '"metadata":{"display_phone_number":"15550783881","phone_number_id":"%(number)s"},'
    '"contacts":[{"profile":{"name":"Customer %(customer)d"},"wa_id":"%(phone)s"}],'
    '"messages":[{"from":"%(phone)s","id":"%(id)s","timestamp":"%(at)d",'
    '"text":{"body":"bench-%(mark)012d Is my transfer done? It is not shown yet."},"type":"text"}]},'
    '"field":"messages"}]}]}'
)


@frozen
class Account:
    """The WhatsApp channel that the measured servers are configured with."""

    channel: str = "bench"
    phone_number_id: str = "106540352242922"
    waba_id: str = "102290129340398"
    access_token: str = "bench-access-token-of-a-number"  # noqa: S105 - opens nothing
    app_secret: str = "bench-app-secret-of-the-application"  # noqa: S105
    verify_token: str = "bench-verify-token"  # noqa: S105

    @property
    def path(self) -> str:
        """Where its webhooks go."""
        return f"/webhooks/whatsapp/{self.channel}"


def phone(customer: int) -> str:
    """The number of the n-th customer (North American, so that it is written in one way only)."""
    return f"1555{customer:07d}"


@define
class Webhooks:
    """Makes requests, each with a mark of its own; `marks` counts them."""

    account: Account = field(factory=Account)
    _marks: Iterator[int] = field(factory=lambda: itertools.count(1))
    last: int = 0

    def message(self, customer: int) -> bytes:
        """A POST with a new message of this customer; `last` is its mark."""
        self.last = next(self._marks)
        return self.signed(self.body(customer, self.last))

    def body(self, customer: int, mark: int) -> bytes:
        """What Meta would send."""
        account = self.account
        return (
            _BODY
            % {
                "waba": account.waba_id,
                "number": account.phone_number_id,
                "customer": customer,
                "phone": phone(customer),
                "id": self.message_id(mark),
                "at": int(time.time()),
                "mark": mark,
            }
        ).encode()

    def message_id(self, mark: int) -> str:
        """The channel's id of the message with this mark."""
        return f"wamid.HBgLMTU1NTEyMzQ1NjcVAgASGBQzQ{mark:012d}"

    def signed(self, body: bytes) -> bytes:
        """The POST of a body."""
        signature = hmac.new(self.account.app_secret.encode(), body, hashlib.sha256).hexdigest()
        head = (
            f"POST {self.account.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body
