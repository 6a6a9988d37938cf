"""One name per customer for all back ends."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from attrs import evolve

from hub.customer import Address, Customer
from hub.inbound import Identity, IdentityKind
from hub.integration.customer import Owners, customer_ref
from hub.rights import Reader, Role

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


class Everybody:
    """Both ways from and to customers; of some only the second is visible."""

    def __init__(self, visible: UUID) -> None:
        self.seen = visible

    async def owners(self, ref: str) -> list[UUID]:
        return [UUID(int=1), UUID(int=2)] if ref == "C-7" else []

    async def visible(self, reader: Reader, customer_id: UUID) -> Customer | None:
        return evolve(customer(), id=customer_id) if customer_id == self.seen else None


async def test_an_owner_is_found_for_those_who_may_see_them() -> None:
    reader = Reader(UUID(int=9), Role.AGENT, frozenset())
    for seen, found in ((UUID(int=2), UUID(int=2)), (UUID(int=5), None)):
        everybody: Any = Everybody(seen)
        owner = await Owners(everybody, everybody).visible(reader, "C-7")
        assert (owner.id if owner else None) == found
        assert await Owners(everybody, everybody).visible(reader, "C-8") is None
