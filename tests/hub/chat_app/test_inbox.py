from uuid import UUID

from hub.chat_app.inbox import AppCustomer, Inbox, inbox_id
from hub.ids import uuid7
from hub.inbound import Identity, IdentityKind

CUSTOMER = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def test_an_inbox_has_the_same_name_everywhere_and_each_its_own() -> None:
    assert inbox_id("app", CUSTOMER) == UUID("2dca8aa6-c94c-5b7e-8c27-b4cc6f1aff6f")
    assert len({inbox_id("app", CUSTOMER), inbox_id("shop", CUSTOMER), inbox_id("app", uuid7())}) == 3
    assert Inbox(AppCustomer("app", "c-1"), CUSTOMER).id == inbox_id("app", CUSTOMER)


def test_a_customer_is_known_by_the_apps_id() -> None:
    party = AppCustomer("app", "c-1").party("Ana", {"plan": "gold"})
    assert party.identities == (Identity(IdentityKind.APP_ID, "c-1"),)
    assert (party.name, party.attributes) == ("Ana", {"plan": "gold"})
