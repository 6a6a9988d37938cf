"""What WhatsApp's side can send wrong: nothing signed leads to an error, nothing unsigned to anything else, and what is
right goes on being taken in."""

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from hub.demo.whatsapp import Customer
from hub.demo.whatsapp.envelope import serialise, signature
from tests.acceptance.agent import Json
from tests.acceptance.process import APP_SECRET
from tests.acceptance.stage import Stage

LONG = "x" * 100_000
DEEP = json.loads("[" * 300 + "]" * 300)


async def _goes_on(stage: Stage, customer: Customer | None = None) -> None:
    """An ordinary message, of this very customer if one is given, is stored as always."""
    customer = customer or stage.customer()
    draft = customer.draft("text", {"body": "E agora uma mensagem comum"})
    assert (await stage.deliver(stage.written((customer, draft)))).status == 200
    assert (await stage.stored(customer))[-1]["channel_message_id"] == draft["id"]


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "half": b'{"object":"whatsapp_business_account","entry":[',
    "no JSON": b"hello=world",
    "a list": b"[]",
    "null": b"null",
    "a number": b"[1e999]",
    "a string": b'"hello"',
    "invalid UTF-8": b'{"object":"whatsapp_business_account","entry":[{"id":"\xff\xfe"}]}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "deep lists": b"[" * 200_000 + b"]" * 200_000,
    "deep objects": b'{"object":"whatsapp_business_account","entry":'
    + b'[{"changes":' * 5000
    + b"1"
    + b"}]" * 5000
    + b"}",
    "another object": b'{"object":"instagram","entry":[]}',
    "no entry": b'{"object":"whatsapp_business_account"}',
    "entry is null": b'{"object":"whatsapp_business_account","entry":null}',
    "entries of all kinds": b'{"object":"whatsapp_business_account","entry":[null,1,"a",[],{}]}',
    "changes of all kinds": b'{"object":"whatsapp_business_account","entry":[{"changes":[null,1,{},{"value":7}]}]}',
    "NUL everywhere": b'{"object":"whatsapp_business_account","entry":[{"\\u0000":"\\u0000"}],"\\u0000":1}',
    "a lone surrogate": b'{"object":"whatsapp_business_account","entry":[{"id":"\\ud800"}]}',
    "not a number": b'{"object":NaN,"entry":NaN}',
}


@pytest.mark.parametrize("body", BODIES)
async def test_a_signed_body_that_makes_no_sense_is_put_aside(stage: Stage, body: str) -> None:
    before = await stage.value("select count(*) from quarantine")
    for _ in range(2):
        assert (await stage.post(BODIES[body])).status == 200
    assert await stage.value("select count(*) from quarantine") > before
    await _goes_on(stage)


Damage = Callable[[Json], Any]


def _put(*path: str | int, value: Any) -> Damage:
    def damage(message: Json) -> None:
        place: Any = message
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return damage


def _without(name: str) -> Damage:
    def damage(message: Json) -> None:
        del message[name]

    return damage


def _without_sender(message: Json) -> None:
    for name in ("from", "from_user_id"):
        message.pop(name, None)


SHOWN: dict[str, tuple[Damage, str | None]] = {
    "NUL in the text": (_put("text", "body", value="antes\0depois"), "antesdepois"),
    "a lone surrogate": (_put("text", "body", value="antes\ud800depois"), "antes\ufffddepois"),
    "direction marks": (_put("text", "body", value="\u202eodartnoc\r\n\x1b[31m"), "\u202eodartnoc\r\n\x1b[31m"),
    "100 kB of text": (_put("text", "body", value=LONG), LONG[:65536]),
    "no text": (_put("text", value=None), None),
    "a number for a text": (_put("text", "body", value=7), None),
    "a list for a text": (_put("text", value=["a"]), None),
    "no type": (_without("type"), None),
    "a type that is a number": (_put("type", value=7), None),
    "a type of 100 kB": (_put("type", value=LONG), None),
    "a time that is a word": (_put("timestamp", value="soon"), None),
    "a time far ahead": (_put("timestamp", value="9" * 30), None),
    "a time below zero": (_put("timestamp", value="-1"), None),
    "a time that is a list": (_put("timestamp", value=[]), None),
    "no time": (_without("timestamp"), None),
    "a context of 100 kB": (_put("context", value={"id": LONG}), None),
    "a context that is a text": (_put("context", value="?"), None),
    "errors of no kind": (_put("errors", value=7), None),
    "a number of a thousand digits": (_put("referral", value={"n": int("9" * 1000)}), None),
    "deep inside": (_put("referral", value=DEEP), None),
}
"""Damage to a message that is shown all the same, and its text where that is certain."""


@pytest.mark.parametrize("damage", SHOWN)
async def test_a_damaged_message_is_shown_as_far_as_it_goes(stage: Stage, damage: str) -> None:
    customer = stage.customer()
    draft = customer.draft("text", {"body": "Mensagem danificada"})
    hurt, text = SHOWN[damage]
    hurt(draft)
    for _ in range(2):
        assert (await stage.deliver(stage.written((customer, draft)))).status == 200
    (row,) = await stage.stored(customer)
    assert row["channel_message_id"] == draft["id"]
    if text is not None:
        assert row["text"] == text
    ana = await stage.login()
    (shown,) = await ana.messages(str(row["conversation_id"]))
    assert shown["content"]["text"] == row["text"]
    await _goes_on(stage, customer)


ASIDE: dict[str, Damage] = {
    "no id": _without("id"),
    "an empty id": _put("id", value=""),
    "an id that is a list": _put("id", value=[]),
    "an id of 10 kB": _put("id", value="wamid." + "x" * 10_000),
    "nobody as sender": _without_sender,
}


@pytest.mark.parametrize("damage", ASIDE)
async def test_one_that_cannot_be_stored_does_not_cost_the_others(stage: Stage, damage: str) -> None:
    customer = stage.customer()
    drafts = [customer.draft("text", {"body": f"Uma entre dez {number}"}) for number in range(10)]
    ASIDE[damage](drafts[4])
    body = stage.written(*((customer, draft) for draft in drafts))
    if damage == "nobody as sender":
        del body["entry"][0]["changes"][0]["value"]["contacts"]
    before = await stage.value("select count(*) from quarantine")
    assert (await stage.deliver(body)).status == 200
    assert [row["text"] for row in await stage.stored(customer)] == [f"Uma entre dez {n}" for n in range(10) if n != 4]
    assert await stage.value("select count(*) from quarantine") == before + 1
    await _goes_on(stage, customer)


async def test_the_same_id_twice_in_one_body_is_one_message(stage: Stage) -> None:
    customer = stage.customer()
    draft = customer.draft("text", {"body": "Duas vezes no mesmo corpo"})
    assert (await stage.deliver(stage.written((customer, draft), (customer, draft)))).status == 200
    assert len(await stage.stored(customer)) == 1


CONTACTS: dict[str, Any] = {
    "none": [],
    "null": None,
    "of all kinds": [None, 7, "a", [], {}],
    "a name of 100 kB": [{"profile": {"name": LONG}}],
    "a name with NUL": [{"profile": {"name": "Cla\0rice"}}],
    "a name that is a list": [{"profile": {"name": ["a"]}}],
    "a profile that is a text": [{"profile": "?"}],
}


@pytest.mark.parametrize("contacts", CONTACTS)
async def test_contacts_of_any_shape(stage: Stage, contacts: str) -> None:
    customer = stage.customer()
    body = stage.written((customer, customer.draft("text", {"body": "Contatos estranhos"})))
    value = body["entry"][0]["changes"][0]["value"]
    known = value["contacts"][0]
    value["contacts"] = [
        {**known, **one} if isinstance(one, dict) and one else one for one in CONTACTS[contacts] or []
    ] or CONTACTS[contacts]
    assert (await stage.deliver(body)).status == 200
    assert len(await stage.stored(customer)) == 1
    await _goes_on(stage, customer)


STATUSES: dict[str, Json] = {
    "of a message that nobody knows": {"id": "wamid.nobody", "status": "delivered", "timestamp": "1763800000"},
    "that nobody knows": {"id": "wamid.nobody", "status": "teleported", "timestamp": "1763800000"},
    "without an id": {"status": "delivered", "timestamp": "1763800000"},
    "without a status": {"id": "wamid.nobody", "timestamp": "1763800000"},
    "at no time": {"id": "wamid.nobody", "status": "read", "timestamp": "never"},
    "with a foreign reference": {"id": "wamid.nobody", "status": "read", "biz_opaque_callback_data": "campaign-7"},
    "with a reference to nothing": {
        "id": "wamid.nobody",
        "status": "read",
        "biz_opaque_callback_data": "h1:01930000-0000-7000-8000-000000000000:999999999",
    },
    "with errors of no kind": {"id": "wamid.nobody", "status": "failed", "errors": ["?", None, {"code": "abc"}]},
    "that is a list": {"id": "wamid.nobody", "status": ["sent"], "timestamp": "1763800000"},
}


@pytest.mark.parametrize("status", STATUSES)
async def test_a_status_that_fits_nothing_is_taken_and_changes_nothing(stage: Stage, status: str) -> None:
    ana = await stage.login()
    customer, conversation_id = await stage.conversation(ana)
    before = await ana.messages(conversation_id)
    for _ in range(2):
        assert (await stage.deliver(stage.body({"statuses": [STATUSES[status]]}))).status == 200
    assert await ana.messages(conversation_id) == before
    await _goes_on(stage, customer)


async def test_another_numbers_traffic_is_answered_and_not_stored(stage: Stage) -> None:
    customer = stage.customer()
    body = stage.written((customer, customer.draft("text", {"body": "Para outro número"})))
    body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] = "999999999999999"
    assert (await stage.deliver(body)).status == 200
    assert await stage.stored(customer) == []


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(stage: Stage) -> None:
    assert (await stage.post(b" " * 10_000_000)).status == 413
    await _goes_on(stage)


async def test_compressed_bodies(stage: Stage) -> None:
    customer = stage.customer()
    raw = serialise(stage.written((customer, customer.draft("text", {"body": "Comprimida no caminho"}))))
    signed = {"X_Hub_Signature_256": signature(raw, APP_SECRET)}
    assert (await stage.post(gzip.compress(raw), Content_Encoding="gzip", **signed)).status == 200
    assert (await stage.post(b"no gzip at all", Content_Encoding="gzip", **signed)).status == 400
    assert (await stage.post(gzip.compress(raw)[:200], Content_Encoding="gzip", **signed)).status in (400, 401)
    assert (await stage.post(gzip.compress(b" " * 50_000_000), Content_Encoding="gzip", **signed)).status == 413
    assert (await stage.post(raw, Content_Encoding="compress", **signed)).status == 415
    assert (await stage.post(raw, Content_Encoding="zstd", **signed)).status in (400, 415)
    assert len(await stage.stored(customer)) == 1
    await _goes_on(stage)


@pytest.mark.parametrize(
    "path", ["/webhooks/whatsapp/nobody", "/webhooks/whatsapp/app", "/webhooks/whatsapp/whatsapp-main/x", "/webhooks"]
)
async def test_an_address_that_is_no_channels(stage: Stage, path: str) -> None:
    async with stage.session.post(stage.hub.url + path, data=b"{}") as answer:
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"
    async with stage.session.put(stage.hub.url + stage.hub.webhook_path, data=b"{}") as answer:
        assert answer.status == 405
        assert set(re.split(r",\s*", answer.headers["Allow"])) >= {"GET", "POST"}
