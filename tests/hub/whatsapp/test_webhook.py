"""Bodies as a whole: routing, isolation, and that nothing whatever raises."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from attrs import asdict
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.inbound import AccountEvent, Ignored, InboundMessage, Note, Quarantined, StatusUpdate
from hub.whatsapp.moment import EARLIEST, TOLERANCE
from hub.whatsapp.webhook import Parsed, parse

FIXTURES = Path(__file__).parent / "fixtures"
MESSAGES: dict[str, Any] = json.loads((FIXTURES / "messages.json").read_text())
CHANGES: dict[str, Any] = json.loads((FIXTURES / "changes.json").read_text())
STATUSES: dict[str, Any] = json.loads((FIXTURES / "statuses.json").read_text())
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def text(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "id": f"wamid.{number}",
        "from": "1",
        "timestamp": "1780000000",
        "type": "text",
        "text": {"body": f"{number}"},
        **changed,
    }


def change(*messages: Any, phone_number_id: str = "700", **more: Any) -> dict[str, Any]:
    return {
        "field": "messages",
        "value": {"metadata": {"phone_number_id": phone_number_id}, "messages": list(messages), **more},
    }


def reasons(parsed: Parsed) -> list[str]:
    return [item.item.reason if isinstance(item.item, Quarantined) else "good" for item in parsed.items]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not_json"),
        (b"hello", "not_json"),
        (b'{"object":', "not_json"),
        (b"\xef\xbb\xbf{}", "not_json"),
        (b"[" * 200_000, "not_json"),
        (b'{"a":' * 200_000, "not_json"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
        (b"5", "not_an_object"),
        (b"{}", "unknown_object"),
        (b'{"object":"page","entry":[]}', "unknown_object"),
        (b'{"object":"whatsapp_business_account"}', "no_entry"),
        (b'{"object":"whatsapp_business_account","entry":{}}', "no_entry"),
        (b'{"object":"whatsapp_business_account","entry":[5]}', "no_changes"),
        (b'{"object":"whatsapp_business_account","entry":[{"changes":[null]}]}', "no_value"),
        (b'{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":[]}]}]}', "no_value"),
        (
            b'{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":{}}]}]}',
            "nothing_known",
        ),
    ],
)
def test_what_is_no_webhook_is_kept_once(body: bytes, reason: str) -> None:
    assert reasons(parse(body, NOW)) == [reason]


def test_each_item_knows_its_number_and_account(webhook: Callable[..., bytes]) -> None:
    body = webhook(change(text(1)), change(text(2), phone_number_id="701"), CHANGES["account"], time=1780000000)
    found = parse(body, NOW).items
    assert [(item.phone_number_id, item.waba_id) for item in found] == [("700", "500"), ("701", "500"), (None, "500")]
    assert isinstance(found[2].item, AccountEvent)
    assert found[2].item.at == datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)


def test_messages_and_statuses_in_one_change(webhook: Callable[..., bytes]) -> None:
    found = parse(webhook(change(text(1), statuses=[STATUSES["read"]], errors=[{"code": 1}])), NOW).items
    assert [type(item.item) for item in found] == [InboundMessage, StatusUpdate, AccountEvent]


@pytest.mark.parametrize(
    "bad", [None, 5, "x", [], {}, {"id": "wamid.X"}, text(0, id="x" * 10_240), text(0, **{"from": {}})]
)
def test_one_bad_among_nine_good_costs_only_itself(bad: Any, webhook: Callable[..., bytes]) -> None:
    messages = [text(number) for number in range(9)]
    messages.insert(4, bad)
    found = parse(webhook(change(*messages)), NOW)
    assert [index for index, reason in enumerate(reasons(found)) if reason != "good"] == [4]


def test_a_lone_surrogate_costs_one_character(webhook: Callable[..., bytes]) -> None:
    body = webhook(change(text(1, text={"body": "a\ud800b\u0000c"}), text(2)))
    first, second = (item.item for item in parse(body, NOW).items)
    assert isinstance(first, InboundMessage)
    assert isinstance(second, InboundMessage)
    assert (first.content.text, second.content.text) == ("a\ufffdbc", "2")


def test_a_list_that_is_none_is_kept(webhook: Callable[..., bytes]) -> None:
    found = parse(webhook({"field": "messages", "value": {"messages": {"a": 1}, "statuses": [STATUSES["sent"]]}}), NOW)
    assert reasons(found) == ["messages_not_a_list", "good"]


def test_a_full_batch_keeps_count_and_order(webhook: Callable[..., bytes]) -> None:
    found = parse(webhook(change(*(text(number) for number in range(1000)))), NOW).items
    assert [item.item.content.text for item in found if isinstance(item.item, InboundMessage)] == list(
        map(str, range(1000))
    )


def bodies() -> list[dict[str, Any]]:
    """A whole webhook for every fixture."""
    head = {"id": "wamid.IN", "from": "351210000009", "timestamp": "1780000000"}
    contacts = [{"profile": {"name": "Ana"}, "wa_id": "351210000009", "user_id": "PT.77"}]
    metadata = {"display_phone_number": "44", "phone_number_id": "700"}
    changes = [
        *(
            {
                "field": "messages",
                "value": {"metadata": metadata, "contacts": contacts, "messages": [{**head, **message}]},
            }
            for message in MESSAGES.values()
        ),
        *(
            {
                "field": "smb_message_echoes",
                "value": {"metadata": metadata, "message_echoes": [{**head, "to": "1", **message}]},
            }
            for message in MESSAGES.values()
        ),
        *({"field": "messages", "value": {"metadata": metadata, "statuses": [status]}} for status in STATUSES.values()),
        *CHANGES.values(),
    ]
    return [{"object": "whatsapp_business_account", "entry": [{"id": "500", "changes": [each]}]} for each in changes]


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(
        [
            "",
            "x",
            "\0",
            "\ud800",
            "x" * 600,
            "1780000000",
            "text",
            "edit",
            "system",
            [],
            {},
            [[]],
            [{}],
            {"type": "edit"},
        ]
    ),
)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a tree."""
    found: list[tuple[Any, Any]] = []
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in pairs:
        found += [(node, key), *places(child)]
    return found


def assert_sound(parsed: Parsed) -> None:
    """No mistake of the parser's own, everything storable, every time within bounds."""
    for delivery in parsed.items:
        item = delivery.item
        assert not (isinstance(item, Quarantined) and item.reason == "parser_error")
        stored = orjson.dumps(asdict(item))
        assert b"\\u0000" not in stored.replace(b"\\\\", b"")
        assert isinstance(item, AccountEvent | Ignored | Quarantined) or EARLIEST <= item.at <= NOW + TOLERANCE
        if isinstance(item, InboundMessage | Note | StatusUpdate):
            assert len(item.channel_event_id or "" if isinstance(item, Note) else item.channel_message_id) <= 512


@given(data=st.data(), body=st.sampled_from(bodies()))
@settings(max_examples=600, deadline=None)
def test_any_piece_may_be_missing_or_wrong(data: st.DataObject, body: dict[str, Any]) -> None:
    mutant = copy.deepcopy(body)
    for _ in range(data.draw(st.integers(1, 3))):
        found = places(mutant)
        if not found:
            break
        container, key = data.draw(st.sampled_from(found))
        if data.draw(st.booleans()):
            del container[key]
        else:
            container[key] = copy.deepcopy(data.draw(JUNK))
    assert_sound(parse(json.dumps(mutant).encode(), NOW))


@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=100).map(lambda words: words.encode("utf-8", "surrogatepass")))
)
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_one_answer(body: bytes) -> None:
    parsed = parse(body, NOW)
    assert len(parsed.items) == 1
    assert_sound(parsed)


@given(data=st.data(), body=st.sampled_from(bodies()))
@settings(max_examples=200, deadline=None)
def test_damaged_bytes_never_raise(data: st.DataObject, body: dict[str, Any]) -> None:
    raw = bytearray(json.dumps(body).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert_sound(parse(bytes(raw), NOW))
