"""Fields beside messages and statuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.inbound import AccountEvent, Identity, IdentityChange, IdentityKind, Ignored, Inbound, Note, Quarantined

CHANGES: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures" / "changes.json").read_text())
PHONE = Identity(IdentityKind.WA_ID, "351210000009")

Read = Callable[..., list[Inbound]]


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("account", "ACCOUNT_RESTRICTION"),
        ("template_status", "REJECTED"),
        ("template_quality", None),
        ("template_category", None),
        ("template_components", None),
        ("number_quality", "FLAGGED"),
        ("automatic", None),
        ("future", None),
    ],
)
def test_account_events(name: str, event: str | None, read_change: Read) -> None:
    (found,) = read_change(CHANGES[name])
    assert isinstance(found, AccountEvent)
    assert (found.field, found.event, found.data) == (CHANGES[name]["field"], event, CHANGES[name]["value"])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("history", "history"),
        ("state_sync", "state_sync"),
        ("group_created", "group"),
        ("group_settings", "group"),
        ("group_left", "group"),
    ],
)
def test_ignored(name: str, reason: str, read_change: Read) -> None:
    (found,) = read_change(CHANGES[name])
    assert isinstance(found, Ignored)
    assert found.reason == reason


def test_a_refused_history_is_ops_business(read_change: Read) -> None:
    (found,) = read_change(CHANGES["history_refused"])
    assert isinstance(found, AccountEvent)
    assert (found.field, found.event) == ("errors", "2593109")


@pytest.mark.parametrize(
    ("name", "event_id", "opens"),
    [
        ("call_in", "wacid.1:connect", True),
        ("call_out", "wacid.2:connect", False),
        ("call_over", "wacid.1:terminate", False),
    ],
)
def test_only_a_user_s_own_call_opens_the_window(name: str, event_id: str, opens: bool, read_change: Read) -> None:
    found = read_change(CHANGES[name])[0]
    assert isinstance(found, Note)
    assert (found.kind, found.channel_event_id, found.opens_window) == ("call", event_id, opens)
    assert found.party.identities == (PHONE,)


def test_errors_beside_a_call(read_change: Read) -> None:
    _, found = read_change(CHANGES["call_over"])
    assert isinstance(found, AccountEvent)
    assert found.event == "138001"


def test_the_business_is_not_its_own_customer(read_change: Read) -> None:
    odd = json.loads(json.dumps(CHANGES["call_out"]))
    odd["value"]["calls"][0]["to"] = "442079460000"
    (found,) = read_change(odd)
    assert isinstance(found, Quarantined)
    odd["value"]["contacts"] = [{"wa_id": "351210000009"}]
    (found,) = read_change(odd)
    assert isinstance(found, Note)
    assert found.party.identities == (PHONE,)


def test_a_call_s_status_is_no_delivery_status(read_change: Read) -> None:
    (found,) = read_change(CHANGES["call_ringing"])
    assert isinstance(found, Note)
    assert (found.kind, found.channel_event_id) == ("call_status", "wacid.2:RINGING")
    assert found.data == {"id": "wacid.2", "status": "RINGING", "reference": "mine"}


def test_marketing_wishes(read_change: Read) -> None:
    stop, resume = (read_change(CHANGES[name])[0] for name in ("marketing_stop", "marketing_resume"))
    assert isinstance(stop, Note)
    assert isinstance(resume, Note)
    assert (stop.kind, resume.kind) == ("marketing_opt_out", "marketing_opt_in")
    assert (stop.party.identities, stop.party.name) == ((PHONE,), None)
    assert stop.channel_event_id != resume.channel_event_id


def test_a_new_bsuid(read_change: Read) -> None:
    (found,) = read_change(CHANGES["new_user_id"])
    assert isinstance(found, IdentityChange)
    assert found.party.identities == (Identity(IdentityKind.BSUID, "PT.77"), PHONE)
    assert found.identities == (Identity(IdentityKind.BSUID, "PT.88"), PHONE)


def test_a_new_bsuid_that_is_not_said(read_change: Read) -> None:
    (found,) = read_change({"field": "user_id_update", "value": {"user_id_update": [{"wa_id": "1", "user_id": {}}]}})
    assert isinstance(found, Quarantined)
    assert found.reason == "no_new_id"
