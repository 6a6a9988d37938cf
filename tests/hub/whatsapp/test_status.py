"""Statuses in the hub's words."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.delivery import DeliveryStatus
from hub.inbound import Identity, IdentityKind, Inbound, Quarantined, StatusUpdate

STATUSES: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures" / "statuses.json").read_text())
PHONE = Identity(IdentityKind.WA_ID, "351210000009")
USER_ID = Identity(IdentityKind.BSUID, "PT.77")

Read = Callable[..., Inbound]


def status(item: Inbound) -> StatusUpdate:
    assert isinstance(item, StatusUpdate)
    return item


@pytest.mark.parametrize(
    ("name", "expected", "people"),
    [
        ("sent", DeliveryStatus.SENT, (USER_ID, PHONE)),
        ("sent_old", DeliveryStatus.SENT, (PHONE,)),
        ("delivered", DeliveryStatus.DELIVERED, (USER_ID,)),
        ("read", DeliveryStatus.READ, (PHONE,)),
        ("played", DeliveryStatus.READ, (PHONE,)),
        ("failed", DeliveryStatus.FAILED, (PHONE,)),
        ("failed_old", DeliveryStatus.FAILED, None),
        ("deleted", None, (PHONE,)),
        ("warning", None, None),
        ("group", DeliveryStatus.READ, (USER_ID, PHONE)),
    ],
)
def test_statuses(name: str, expected: DeliveryStatus | None, people: Any, read_status: Read) -> None:
    found = status(read_status(STATUSES[name]))
    assert (found.channel_message_id, found.status) == ("wamid.OUT", expected)
    assert found.raw_status == STATUSES[name]["status"]
    assert (found.party.identities if found.party else None) == people


def test_the_reference_and_the_price_are_kept(read_status: Read) -> None:
    found = status(read_status(STATUSES["sent"]))
    assert found.reference == "h1:01890a5d-ac96-774b-bcce-b302099a8057:0"
    assert found.pricing == STATUSES["sent"]["pricing"]
    assert found.at == datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)


def test_errors(read_status: Read) -> None:
    new, old = status(read_status(STATUSES["failed"])), status(read_status(STATUSES["failed_old"]))
    assert (new.error_code, new.error_text) == ("131047", "More than 24 hours have passed")
    assert (old.error_code, old.error_text) == ("470", "Too old")
    assert old.metadata["wa"]["errors"] == STATUSES["failed_old"]["errors"]


def test_contacts_complete_the_recipient(read_status: Read) -> None:
    contacts = [{"profile": {"name": "Ana"}, "wa_id": "351210000009", "user_id": "PT.77"}]
    found = status(read_status(STATUSES["read"], contacts))
    assert found.party is not None
    assert (found.party.identities, found.party.name) == ((USER_ID, PHONE), "Ana")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id": None}, "no_id"),
        ({"id": "x" * 513}, "id_too_long"),
        ({"status": None}, "no_status"),
        ({"status": 5}, "no_status"),
    ],
)
def test_quarantine(changed: dict[str, Any], reason: str, read_status: Read) -> None:
    found = read_status({**STATUSES["read"], **changed})
    assert isinstance(found, Quarantined)
    assert found.reason == reason
