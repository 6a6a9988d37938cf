"""Invented people with everything that must not be written down: 25 of them, 8 words of each."""

import random
from collections.abc import Iterator

from attrs import astuple, frozen

from hub.detection import luhn, mod97

_FIRST = ("Clarice", "Tomás", "Ñusta", "Björn", "Leïla", "Joaquim", "Zeynep", "Oksana", "Mireya", "Diarmuid")
_LAST = ("Vasconforte", "Arrizubieta", "Quintanilha", "Håkonsson", "Benslimane", "Papadiamantis", "Wojciechowska")
_STREETS = ("Rua das Amoreiras {n}, Lisboa", "Av. Libertador, Torre {n}, Caracas", "{n} Larkspur Lane, Tulsa OK")
_PHONES = (
    "+58 412-{a:03}{b:04}",
    "+55 (11) 9{a:04}-{b:04}",
    "0412-{a:03}{b:04}",
    "(415) {a:03}-{b:04}",
    "+34 6{a:04}{b:04}",
)
_DOCUMENTS = ("V-{a:02}.{b:03}.{c:03}", "{b:03}-{a:02}-{d:04}", "{b:03}.{c:03}.{b:03}-{a:02}")


@frozen
class Person:
    """Somebody who does not exist."""

    name: str
    email: str
    phone: str
    card: str
    iban: str
    document: str
    address: str
    token: str

    @property
    def words(self) -> tuple[str, ...]:
        """All that must not be found anywhere."""
        return astuple(self)


def people(count: int = 25, seed: int = 7) -> Iterator[Person]:
    """So many, the same for the same seed."""
    chance = random.Random(seed)
    for n in range(count):
        name = f"{_FIRST[n % len(_FIRST)]} {_LAST[n % len(_LAST)]} {chr(65 + n)}."
        a, b, c, d = 10 + n, 100 + n, 500 + n, 1000 + n
        yield Person(
            name=name,
            email=f"{_FIRST[n % len(_FIRST)].lower()}.{n}@{_LAST[n % len(_LAST)].lower()}.example",
            phone=_PHONES[n % len(_PHONES)].format(a=200 + n, b=4000 + n),
            card=_card(chance),
            iban=_iban(chance),
            document=_DOCUMENTS[n % len(_DOCUMENTS)].format(a=a, b=b, c=c, d=d),
            address=_STREETS[n % len(_STREETS)].format(n=100 + n),
            token=f"sk_live_{chance.getrandbits(96):024x}",
        )


def _card(chance: random.Random) -> str:
    digits = "4" + "".join(str(chance.randrange(10)) for _ in range(14))
    whole = next(digits + last for last in "0123456789" if luhn(digits + last))
    return " ".join(whole[i : i + 4] for i in range(0, 16, 4))


def _iban(chance: random.Random) -> str:
    digits = "".join(str(chance.randrange(10)) for _ in range(18))
    return next(iban for check in range(2, 99) if mod97(iban := f"DE{check:02}{digits}"))
