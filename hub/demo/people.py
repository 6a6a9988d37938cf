"""The people of the demo: who they are, and the templates of the business they write to."""

from typing import Protocol

from attrs import frozen

from hub.demo.stories import (
    BOLETO,
    COMMANDE,
    FACTURA,
    HAWALA,
    KONTO,
    PEDIDO,
    PLAN,
    REFUND,
    SCREEN,
    TASLEEM,
    TRANSFER,
    Story,
)


@frozen
class Person:
    """Somebody with a phone. `number` is digits; `username` hides the number, as WhatsApp allows since 2026."""

    name: str
    number: str
    country: str
    stories: tuple[Story, ...]
    username: str | None = None


PEOPLE: tuple[Person, ...] = (
    Person("Maria Oliveira", "5511987650043", "BR", (TRANSFER, PEDIDO)),
    Person("João Pereira", "5521996540112", "BR", (BOLETO,)),
    Person("Ana Beatriz Lima", "5531988770654", "BR", (PEDIDO, BOLETO)),
    Person("Thiago Ramos", "5541997713320", "BR", (BOLETO,), username="thiago.ramos"),
    Person("ليلى حداد", "971501234876", "AE", (TASLEEM, HAWALA)),
    Person("محمد العتيبي", "966551209983", "SA", (HAWALA,)),
    Person("يوسف منصور", "201006547712", "EG", (HAWALA, TASLEEM)),
    Person("Lucía Fernández", "34611928374", "ES", (FACTURA,)),
    Person("Diego Castillo", "5215512349087", "MX", (FACTURA,)),
    Person("Jonas Weber", "4915123904417", "DE", (KONTO,)),
    Person("Camille Laurent", "33612783409", "FR", (COMMANDE,)),
    Person("Priya Sharma", "919820098812", "IN", (PLAN, REFUND), username="priya.s"),
    Person("Oliver Grant", "447700900456", "GB", (REFUND, TRANSFER)),
    Person("Sophie Turner", "16505551234", "US", (SCREEN, PLAN)),
    Person("Kwame Boateng", "233244517790", "GH", (TRANSFER, SCREEN)),
)


class Town(Protocol):
    """A world in which people can live."""

    def customer(
        self, number: str, name: str, *, username: str | None = None, country: str | None = None
    ) -> object: ...

    def add_template(
        self, name: str, language: str, body: str, *, category: str, buttons: tuple[str, ...]
    ) -> object: ...


def settle(town: Town) -> None:
    """Put everybody, and the business's templates, into a world."""
    for person in PEOPLE:
        town.customer(person.number, person.name, username=person.username, country=person.country)
    for name, language, body, category, buttons in TEMPLATES:
        town.add_template(name, language, body, category=category, buttons=buttons)


TEMPLATES: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("order_update", "en_US", "Hi {{1}}, your order {{2}} is on its way.", "UTILITY", ()),
    ("order_update", "pt_BR", "Olá {{1}}, seu pedido {{2}} está a caminho.", "UTILITY", ()),
    ("continue_conversation", "en_US", "Hi {{1}}, may we continue our conversation?", "UTILITY", ("Yes", "Not now")),
    ("continue_conversation", "pt_BR", "Olá {{1}}, podemos continuar a conversa?", "UTILITY", ("Sim", "Agora não")),
    ("continue_conversation", "ar", "مرحبًا {{1}}، هل يمكننا متابعة المحادثة؟", "UTILITY", ("نعم", "ليس الآن")),
    ("spring_offer", "en_US", "{{1}}, 20% off everything until Sunday.", "MARKETING", ("Stop",)),
)
