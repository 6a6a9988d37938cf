"""One name per customer for all back ends."""

from datetime import UTC, datetime
from uuid import UUID

from hub.customer import Address, Customer
from hub.inbound import Identity, IdentityKind
from hub.integration.customer import customer_ref

ID = UUID(int=7)


def customer(*addresses: Address) -> Customer:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    return Customer(ID, "Ana", False, {}, 1, now, now, addresses)


def address(kind: IdentityKind, value: str) -> Address:
    return Address("channel", Identity(kind, value))


def test_the_company_knows_its_own_number_of_the_customer() -> None:
    phone, app = address(IdentityKind.WA_ID, "584140000000"), address(IdentityKind.APP_ID, "C-7")
    assert customer_ref(customer(phone, app)) == "C-7"


def test_a_telephone_number_is_never_told() -> None:
    assert customer_ref(customer(address(IdentityKind.WA_ID, "584140000000"))) == str(ID)
    assert customer_ref(customer()) == str(ID)


def test_of_several_it_is_always_the_same() -> None:
    one, other = address(IdentityKind.APP_ID, "C-7"), address(IdentityKind.APP_ID, "C-10")
    assert customer_ref(customer(one, other)) == customer_ref(customer(other, one)) == "C-10"
