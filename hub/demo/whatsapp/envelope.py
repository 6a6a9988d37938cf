"""Webhook bodies as Meta writes them: one envelope, ASCII only, slashes escaped, signed over those very bytes.

Source: Meta's pages "Webhooks" and "Graph API webhooks": the signature is of the escaped form, with lower-case hex.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

import attrs

from hub.demo.whatsapp.settings import Account

MESSAGES = "messages"
MOST_BYTES = 3_000_000
"""Meta's largest webhook body."""

Json = dict[str, Any]


@attrs.define(eq=False)
class Update:
    """One thing to tell the business: a `field` and its `value`, without the account's metadata.

    `of_account` marks fields that describe the account itself: their value stands alone and their entry has a `time`.
    `settled` is set once it was delivered or given up.
    """

    field: str
    value: Json
    of_account: bool = False
    settled: asyncio.Event = attrs.field(factory=asyncio.Event)


def serialise(envelope: Json) -> bytes:
    """The bytes that are sent and signed."""
    return json.dumps(envelope, separators=(",", ":"), ensure_ascii=True).replace("/", "\\/").encode("ascii")


def signature(raw: bytes, app_secret: str) -> str:
    """The value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()


def change(account: Account, field_name: str, value: Json) -> Json:
    """An element of `changes[]` about the business number."""
    metadata = {"display_phone_number": account.display_phone_number, "phone_number_id": account.phone_number_id}
    return {"value": {"messaging_product": "whatsapp", "metadata": metadata, **value}, "field": field_name}


def entry(account: Account, changes: Sequence[Json]) -> Json:
    """An element of `entry[]`."""
    return {"id": account.waba_id, "changes": list(changes)}


def wrap(entries: Sequence[Json]) -> Json:
    """The whole body."""
    return {"object": "whatsapp_business_account", "entry": list(entries)}


def envelope(account: Account, updates: Sequence[Update], now: float) -> Json:
    """One body for several updates. Messages and statuses share one value; every other update is its own change."""
    entries = []
    common = [update for update in updates if update.field == MESSAGES]
    changes = [change(account, MESSAGES, merged(common))] if common else []
    changes += [
        change(account, update.field, update.value)
        for update in updates
        if update.field != MESSAGES and not update.of_account
    ]
    if changes:
        entries.append(entry(account, changes))
    for update in updates:
        if update.of_account:
            said = {"value": update.value, "field": update.field}
            entries.append({"id": account.waba_id, "time": int(now), "changes": [said]})
    return wrap(entries)


def merged(updates: Sequence[Update]) -> Json:
    """The values of several updates in one, with each contact once."""
    if len(updates) == 1:
        return updates[0].value
    whole: Json = {}
    for update in updates:
        for key, elements in update.value.items():
            whole.setdefault(key, []).extend(elements)
    if "contacts" in whole:
        whole["contacts"] = list({contact["user_id"]: contact for contact in whole["contacts"]}.values())
    return whole
