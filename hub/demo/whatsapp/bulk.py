"""Webhook bodies with much in them: Meta packs up to 1000 updates into one POST of up to 3 MB."""

from collections.abc import Sequence
from typing import Any

from hub.demo.whatsapp.customers import Customer
from hub.demo.whatsapp.envelope import MESSAGES, change, entry, serialise, wrap
from hub.demo.whatsapp.settings import Account
from hub.demo.whatsapp.validation import TEXT

Json = dict[str, Any]

ARABIC = "السلام عليكم ورحمة الله وبركاته هل وصل التحويل ".replace(" ", "\N{NO-BREAK SPACE}")
"""Every character of it is escaped."""
ESCAPED = 6
"""Bytes of one escaped character."""


def crowd(account: Account, customers: Sequence[Customer], messages: int, size: int) -> tuple[Json, list[str]]:
    """One change with `messages` texts of these customers in turn, about `size` bytes, and the messages' ids."""
    drafts = [customers[number % len(customers)].draft("text", {"body": ""}) for number in range(messages)]
    contacts = [customer.contact() for customer in customers]
    body = wrap([entry(account, [change(account, MESSAGES, {"contacts": contacts, "messages": drafts})])])
    room = max(1, min(TEXT, (size - len(serialise(body))) // messages // ESCAPED))
    for number, draft in enumerate(drafts):
        draft["text"]["body"] = _filler(number, room)
    return body, [draft["id"] for draft in drafts]


def nested(
    account: Account, customers: Sequence[Customer], shape: tuple[int, int, int], statuses: Sequence[Json]
) -> tuple[Json, list[str]]:
    """`shape` = entries x changes x messages, each message of another customer; `statuses` are spread over all."""
    entries, changes, messages = shape
    people, wamids, written = iter(customers), [], []
    for number in range(entries * changes):
        authors = [next(people) for _ in range(messages)]
        drafts = [author.draft("text", {"body": f"message of change {number}"}) for author in authors]
        wamids += [draft["id"] for draft in drafts]
        value: Json = {"contacts": [author.contact() for author in authors], "messages": drafts}
        mine = list(statuses[number :: entries * changes])
        if mine:
            value["contacts"] += [contact for status in mine for contact in status["contacts"]]
            value["statuses"] = [said for status in mine for said in status["statuses"]]
        written.append(change(account, MESSAGES, value))
    return wrap([entry(account, written[start::entries]) for start in range(entries)]), wamids


def _filler(number: int, length: int) -> str:
    text = f"{number} " + ARABIC * (length // len(ARABIC) + 1)
    return text[:length]
