"""Further people of the demo, as many as one likes: names, numbers and concerns that belong together."""

import random
from collections.abc import Iterator

from attrs import frozen

from hub.demo.people import Person
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
class Country:
    """Where people come from: how they are called, the beginnings of mobile numbers and how many digits follow."""

    code: str
    first: str
    last: str
    prefixes: tuple[str, ...]
    digits: int
    stories: tuple[Story, ...]

    def person(self, chance: random.Random) -> Person:
        """Somebody from here."""
        name = f"{chance.choice(self.first.split())} {chance.choice(self.last.split())}"
        number = chance.choice(self.prefixes) + f"{chance.randrange(10**self.digits):0{self.digits}}"
        return Person(name, number, self.code, (chance.choice(self.stories),))


COUNTRIES = (
    Country(
        "BR",
        "Mariana Rafael Beatriz Felipe Camila Gustavo Larissa André Juliana Bruno Patrícia Rodrigo Letícia Marcelo",
        "Almeida Ribeiro Carvalho Gomes Martins Rocha Barbosa Teixeira Cardoso Nascimento Moreira Cavalcanti",
        ("55119", "55219", "55319", "55419", "55719", "55819"),
        8,
        (PEDIDO, BOLETO),
    ),
    Country(
        "GB",
        "Emma Noah Grace Harry Amelia Jack Chloe Daniel Ruby Thomas",
        "Hughes Walker Bennett Clarke Foster Murray Wright Ellis",
        ("447700900",),
        3,
        (TRANSFER, REFUND, SCREEN),
    ),
    Country(
        "US",
        "Olivia Ethan Madison Tyler Hannah Marcus Abigail Jordan",
        "Parker Brooks Sullivan Hayes Coleman Reed Bailey Griffin",
        ("1212555", "1415555", "1312555", "1646555"),
        4,
        (SCREEN, PLAN, REFUND),
    ),
    Country(
        "AE",
        "أحمد فاطمة عمر نورة خالد مريم سارة علي هند سعيد",
        "الهاشمي المنصوري النعيمي السويدي الكعبي الشامسي",
        ("97150", "97152", "97155"),
        7,
        (HAWALA, TASLEEM),
    ),
    Country(
        "MX",
        "Valeria Mateo Ximena Javier Daniela Andrés Renata Emilio",
        "Hernández Torres Ramírez Vargas Morales Ortega Navarro",
        ("52551", "52331", "52811"),
        7,
        (FACTURA,),
    ),
    Country(
        "DE",
        "Lena Lukas Katharina Felix Sabine Moritz Anja Tobias",
        "Schneider Fischer Wagner Becker Hoffmann Krüger Vogel",
        ("49151", "49160", "49171"),
        8,
        (KONTO,),
    ),
    Country(
        "FR",
        "Manon Hugo Chloé Antoine Élodie Julien Margaux Théo",
        "Bernard Moreau Lefèvre Girard Rousseau Fontaine Chevalier",
        ("336", "337"),
        8,
        (COMMANDE,),
    ),
)
WEIGHTS = (6, 3, 2, 3, 2, 2, 2)


def crowd(size: int, seed: int) -> list[Person]:
    """So many people, no two of whom share a name or a number; the same seed gives the same ones."""
    found: dict[str, Person] = {}
    numbers: set[str] = set()
    for person in _passers_by(random.Random(f"crowd-{seed}")):
        if person.name not in found and person.number not in numbers:
            found[person.name] = person
            numbers.add(person.number)
        if len(found) == size:
            break
    return list(found.values())


def _passers_by(chance: random.Random) -> Iterator[Person]:
    while True:
        yield chance.choices(COUNTRIES, WEIGHTS)[0].person(chance)
