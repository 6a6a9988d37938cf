"""What each element of `messages[]` means: everything but the content, which test_content.py looks at."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.inbound import (
    Edit,
    Identity,
    IdentityChange,
    IdentityKind,
    Ignored,
    Inbound,
    InboundMessage,
    Note,
    Quarantined,
    Reaction,
    Revoke,
)

MESSAGES: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures" / "messages.json").read_text())
AT = datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)
PHONE = Identity(IdentityKind.WA_ID, "351210000009")
USER_ID = Identity(IdentityKind.BSUID, "PT.77")

Read = Callable[..., Inbound]

NO_MESSAGES: dict[str, type] = {
    "reaction": Reaction,
    "reaction_taken_back": Reaction,
    "reaction_without_emoji": Reaction,
    "edit": Edit,
    "edit_caption": Edit,
    "revoke": Revoke,
    "request_welcome": Note,
    "edited_unseen": Note,
    "call_allowed": Note,
    "call_refused": Note,
}


def message(item: Inbound) -> InboundMessage:
    assert isinstance(item, InboundMessage)
    return item


@pytest.mark.parametrize("name", MESSAGES)
def test_every_type_is_what_it_is(name: str, read_message: Read) -> None:
    assert type(read_message(MESSAGES[name])) is NO_MESSAGES.get(name, InboundMessage)


def test_a_message_carries_who_when_and_that_it_opens_the_window(read_message: Read) -> None:
    found = message(read_message(MESSAGES["text"]))
    assert (found.channel_message_id, found.at, found.clock_flag) == ("wamid.IN", AT, None)
    assert (found.party.identities, found.party.name) == ((USER_ID, PHONE), "Ana")
    assert (found.opens_window, found.reply_to, found.learned) == (True, None, ())
    assert found.metadata == {"wa": {"type": "text"}}


@pytest.mark.parametrize(
    ("name", "reply_to", "facts"),
    [
        ("text_reply", "wamid.QUOTED", {"context": {"id": "wamid.QUOTED"}}),
        ("text_forwarded", None, {"forwarded": True}),
        ("text_forwarded_often", None, {"frequently_forwarded": True}),
        (
            "text_about_product",
            "wamid.P",
            {"context": {"id": "wamid.P", "referred_product": {"catalog_id": "771", "product_retailer_id": "sku-9"}}},
        ),
        ("text_from_ad", None, {"referral": MESSAGES["text_from_ad"]["referral"]}),
        ("unsupported", None, {"errors": MESSAGES["unsupported"]["errors"]}),
    ],
)
def test_context_and_origin(name: str, reply_to: str | None, facts: dict[str, Any], read_message: Read) -> None:
    found = message(read_message(MESSAGES[name]))
    assert found.reply_to == reply_to
    assert found.metadata["wa"].items() >= facts.items()


def test_addresses_are_not_repeated_in_metadata(read_message: Read) -> None:
    for name in ("text_reply", "future_type"):
        found = message(read_message(MESSAGES[name], from_user_id="PT.77"))
        assert "351210000009" not in repr((found.metadata, found.content))
        assert "PT.77" not in repr((found.metadata, found.content))


def test_an_answer_to_a_contact_request_teaches_the_phone(read_message: Read) -> None:
    found = message(read_message(MESSAGES["contacts_requested"], contacts=[{"user_id": "PT.77"}], **{"from": None}))
    assert found.party.identities == (USER_ID,)
    assert found.learned == (Identity(IdentityKind.WA_ID, "351210000004"),)
    assert message(read_message(MESSAGES["contacts"])).learned == ()


def test_the_value_s_error_explains_a_message_without_body(read_change: Callable[..., list[Inbound]]) -> None:
    error = {"code": 131000, "title": "Something went wrong"}
    value = {
        "contacts": [{"wa_id": "1"}],
        "messages": [{"id": "wamid.IN", "from": "1", "timestamp": "1780000000", "type": "interactive"}],
        "errors": [error],
    }
    found, _ = read_change({"field": "messages", "value": value})
    assert message(found).metadata["wa"]["errors"] == [error]


@pytest.mark.parametrize(("raw", "flag"), [("abc", "not_numeric"), ("-1", "too_early"), ("9" * 15, "in_future")])
def test_a_wrong_clock_is_said(raw: str, flag: str, read_message: Read) -> None:
    found = message(read_message(MESSAGES["text"], timestamp=raw))
    assert found.clock_flag == flag
    assert found.metadata["wa"]["timestamp"] == raw


@pytest.mark.parametrize(
    ("name", "emoji"), [("reaction", "🎉"), ("reaction_taken_back", None), ("reaction_without_emoji", None)]
)
def test_reactions(name: str, emoji: str | None, read_message: Read) -> None:
    found = read_message(MESSAGES[name])
    assert isinstance(found, Reaction)
    assert (found.channel_event_id, found.target, found.emoji, found.at) == ("wamid.IN", "wamid.TARGET", emoji, AT)


@pytest.mark.parametrize(("name", "said"), [("edit", "better"), ("edit_caption", "new caption")])
def test_edits(name: str, said: str, read_message: Read) -> None:
    found = read_message(MESSAGES[name])
    assert isinstance(found, Edit)
    assert (found.target, found.content.text, found.by_business) == ("wamid.TARGET", said, False)


def test_revoke(read_message: Read) -> None:
    found = read_message(MESSAGES["revoke"])
    assert isinstance(found, Revoke)
    assert (found.target, found.by_business) == ("wamid.TARGET", False)


@pytest.mark.parametrize(
    ("name", "kind", "opens", "facts"),
    [
        ("request_welcome", "request_welcome", True, {}),
        ("edited_unseen", "message_edited", False, {}),
        (
            "call_allowed",
            "call_permission",
            False,
            {"response": "accept", "source": "user_action", "expires": 1790000000},
        ),
        ("call_refused", "call_permission", False, {"response": "reject", "source": "automatic"}),
    ],
)
def test_notes(name: str, kind: str, opens: bool, facts: dict[str, Any], read_message: Read) -> None:
    found = read_message(MESSAGES[name])
    assert isinstance(found, Note)
    assert (found.kind, found.opens_window, found.data) == (kind, opens, facts)


@pytest.mark.parametrize(
    ("system", "sender", "known", "new"),
    [
        (
            {
                "type": "user_changed_number",
                "wa_id": "351210000001",
                "body": "User A changed from 351210000009 to 351210000001",
            },
            {},
            (PHONE,),
            (Identity(IdentityKind.WA_ID, "351210000001"),),
        ),
        (
            {"type": "user_changed_user_id", "user_id": "PT.88", "body": "User A changed from PT.77 to PT.88"},
            {"from": None},
            (USER_ID,),
            (Identity(IdentityKind.BSUID, "PT.88"),),
        ),
        (
            {"type": "customer_changed_number", "customer": "351210000009", "new_wa_id": "351210000001"},
            {"from": None},
            (PHONE,),
            (Identity(IdentityKind.WA_ID, "351210000001"),),
        ),
        (
            {"type": "user_changed_number", "wa_id": "351210000001", "user_id": "PT.88"},
            {"from_user_id": "PT.77"},
            (USER_ID, PHONE),
            (Identity(IdentityKind.BSUID, "PT.88"), Identity(IdentityKind.WA_ID, "351210000001")),
        ),
    ],
)
def test_identity_changes(
    system: dict[str, Any], sender: dict[str, Any], known: Any, new: Any, read_message: Read
) -> None:
    found = read_message({"type": "system", "system": system}, contacts=[], **sender)
    assert isinstance(found, IdentityChange)
    assert (found.party.identities, found.identities, found.reason) == (known, new, system["type"])
    assert found.text == system.get("body")


def test_a_name_cannot_pretend_an_old_address(read_message: Read) -> None:
    said = "User A changed from PT.VICTIM to PT.88 changed from PT.77 to PT.99"
    system = {"type": "user_changed_user_id", "user_id": "PT.88", "body": said}
    found = read_message({"type": "system", "system": system}, contacts=[], **{"from": None})
    assert isinstance(found, Quarantined)
    assert found.reason == "no_sender"


def test_other_system_messages_are_notes(read_message: Read) -> None:
    changed = {
        "type": "system",
        "system": {"type": "customer_identity_changed", "body": "b"},
        "identity": {"hash": "h"},
    }
    found = read_message(changed)
    assert isinstance(found, Note)
    assert (found.kind, found.data["identity"]) == ("security_change", {"hash": "h"})
    other = read_message({"type": "system", "system": {"type": "new_thing"}})
    assert isinstance(other, Note)
    assert other.kind == "system"


def test_groups_stay_out(read_message: Read) -> None:
    found = read_message(MESSAGES["text"], group_id="G1")
    assert isinstance(found, Ignored)
    assert found.reason == "group"


@pytest.mark.parametrize(
    ("name", "changed", "reason"),
    [
        ("text", {"id": None}, "no_id"),
        ("text", {"id": ""}, "no_id"),
        ("text", {"id": "x" * 10_240}, "id_too_long"),
        ("text", {"from": None, "contacts": []}, "no_sender"),
        ("reaction", {"reaction": {"emoji": "x"}}, "no_target"),
        ("reaction", {"reaction": None}, "no_target"),
        ("edit", {"edit": {"message": {}}}, "no_target"),
        ("revoke", {"revoke": {"original_message_id": "x" * 513}}, "id_too_long"),
    ],
)
def test_quarantine(name: str, changed: dict[str, Any], reason: str, read_message: Read) -> None:
    found = read_message(MESSAGES[name], **changed)
    assert isinstance(found, Quarantined)
    assert found.reason == reason
    assert found.data["type"] == name
