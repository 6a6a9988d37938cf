"""Who a message is from, whatever is missing."""

from typing import Any

import pytest

from hub.inbound import Identity, IdentityKind
from hub.whatsapp.party import Directory, identities, party, phone
from hub.whatsapp.payload import Unusable

ANA = {
    "profile": {"name": " Ana ", "username": "ana.l"},
    "wa_id": "351210000009",
    "user_id": "PT.77",
    "parent_user_id": "PT.ENT.7",
}
BEN = {"profile": {"name": "Ben"}, "wa_id": "351210000008", "user_id": "PT.66"}
PHONE = Identity(IdentityKind.WA_ID, "351210000009")
USER_ID = Identity(IdentityKind.BSUID, "PT.77")


@pytest.mark.parametrize(
    ("contacts", "user_id", "number", "expected"),
    [
        ([ANA], None, "351210000009", (USER_ID, PHONE)),
        ([ANA, BEN], "PT.77", None, (USER_ID, PHONE)),
        ([BEN, ANA], None, "351210000009", (USER_ID, PHONE)),
        ([ANA], None, None, (USER_ID, PHONE)),
        ([{"user_id": "PT.77"}], None, "351210000009", (USER_ID, PHONE)),
        ([{"wa_id": "351210000009"}], "PT.77", None, (USER_ID, PHONE)),
        ([{"wa_id": "PT.77"}], None, "PT.77", (USER_ID,)),
        ([], None, "+351210000009", (PHONE,)),
        ([], None, 351210000009, (PHONE,)),
        ([BEN], None, "351210000009", (PHONE,)),
        ([BEN], "PT.77", None, (USER_ID,)),
    ],
)
def test_addresses(contacts: list[Any], user_id: Any, number: Any, expected: tuple[Identity, ...]) -> None:
    assert party(Directory.of(contacts), user_id, number).identities == expected


@pytest.mark.parametrize(
    ("contacts", "user_id", "number"),
    [
        ([], None, None),
        ([ANA, BEN], None, None),
        ([{}], "", ""),
        (["x"], [], {}),
        ([], None, "9" * 257),
        ([], None, "+"),
    ],
)
def test_nobody(contacts: list[Any], user_id: Any, number: Any) -> None:
    with pytest.raises(Unusable, match="no_sender"):
        party(Directory.of(contacts), user_id, number)


def test_name_and_attributes_come_from_the_contact() -> None:
    known = party(Directory.of([ANA]), None, "351210000009")
    assert known.name == "Ana"
    assert known.attributes == {"username": "ana.l", "parent_user_id": "PT.ENT.7"}


@pytest.mark.parametrize("profile", [None, {}, {"name": None}, {"name": "  "}, {"name": 5}, "x"])
def test_a_name_may_be_missing(profile: Any) -> None:
    assert party(Directory.of([{"wa_id": "1", "profile": profile}]), None, "1").name is None


def test_a_long_name_is_cut() -> None:
    assert len(party(Directory.of([{"wa_id": "1", "profile": {"name": "x" * 9999}}]), None, "1").name or "") == 256


def test_a_bsuid_in_a_phone_field_is_a_bsuid() -> None:
    assert phone("PT.77") == USER_ID
    assert phone("PT.7-7") == Identity(IdentityKind.WA_ID, "PT.7-7")


def test_one_identity_of_each_kind() -> None:
    assert identities(("PT.77", "PT.66"), ("351210000009", "1")) == (USER_ID, PHONE)
