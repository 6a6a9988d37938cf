"""What the company sent from its phone app."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.inbound import EchoedMessage, Edit, Identity, IdentityKind, Ignored, Inbound, Note, Quarantined, Revoke

MESSAGES: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures" / "messages.json").read_text())
CUSTOMER = (Identity(IdentityKind.BSUID, "PT.77"), Identity(IdentityKind.WA_ID, "351210000009"))

ReadEcho = Callable[..., Inbound]


@pytest.fixture
def read_echo(read_change: Callable[..., list[Inbound]]) -> ReadEcho:
    def read(message: dict[str, Any], **changed: Any) -> Inbound:
        head = {
            "id": "wamid.E",
            "from": "442079460000",
            "to": "351210000009",
            "to_user_id": "PT.77",
            "timestamp": "1780000000",
        }
        (item,) = read_change(
            {"field": "smb_message_echoes", "value": {"message_echoes": [{**head, **message, **changed}]}}
        )
        return item

    return read


def test_a_message_is_outbound_and_the_customer_is_the_recipient(read_echo: ReadEcho) -> None:
    found = read_echo(MESSAGES["text_reply"])
    assert isinstance(found, EchoedMessage)
    assert (found.channel_message_id, found.content.text, found.reply_to) == ("wamid.E", "this one", "wamid.QUOTED")
    assert found.party.identities == CUSTOMER
    assert found.metadata["via"] == "business_app"


def test_edits_and_deletions_are_the_business_s(read_echo: ReadEcho) -> None:
    edit, revoke = read_echo(MESSAGES["edit"]), read_echo(MESSAGES["revoke"])
    assert isinstance(edit, Edit)
    assert isinstance(revoke, Revoke)
    assert edit.by_business
    assert revoke.by_business


def test_the_business_s_own_reaction_is_a_note(read_echo: ReadEcho) -> None:
    found = read_echo(MESSAGES["reaction"])
    assert isinstance(found, Note)
    assert (found.kind, found.data) == ("business_reaction", {"target": "wamid.TARGET", "emoji": "🎉"})
    assert not found.opens_window


def test_groups_and_nobody(read_echo: ReadEcho) -> None:
    assert isinstance(read_echo(MESSAGES["text"], group_id="G"), Ignored)
    lost = read_echo(MESSAGES["text"], to=None, to_user_id=None)
    assert isinstance(lost, Quarantined)
    assert lost.reason == "no_sender"
