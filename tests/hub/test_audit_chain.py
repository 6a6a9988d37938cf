"""The chain is followed row by row, and says where it breaks."""

from collections.abc import Callable

import pytest

from hub.audit import GENESIS, link
from hub.audit_chain import Break, Chain, Checkpoint, Flaw, Mark, Row, statement


def chain_of(*bodies: str, stream: str = "2026-11") -> list[Row]:
    rows, previous = [], GENESIS
    for seq, body in enumerate(bodies, 1):
        previous = link(previous, stream, seq, body)
        rows.append(Row(seq, stream, body, previous))
    return rows


def test_a_whole_chain_is_followed_to_its_end() -> None:
    rows = chain_of("{}", '{"a":1}', "{}")
    chain = Chain()
    assert chain.follow_all(rows) is None
    assert chain.at == Mark(3, "2026-11", rows[-1].hash)
    assert Chain(chain.at).follow_all([]) is None


def drop(rows: list[Row]) -> list[Row]:
    return [rows[0], *rows[2:]]


def edit(rows: list[Row]) -> list[Row]:
    return [rows[0], Row(2, rows[1].stream, '{"a":2}', rows[1].hash), *rows[2:]]


def swap(rows: list[Row]) -> list[Row]:
    two, three = rows[1], rows[2]
    return [rows[0], Row(2, two.stream, three.body, three.hash), Row(3, two.stream, two.body, two.hash)]


def move(rows: list[Row]) -> list[Row]:
    return [rows[0], Row(2, "2026-12", rows[1].body, rows[1].hash), rows[2]]


def rehash(rows: list[Row]) -> list[Row]:
    forged = link(rows[0].hash, "2026-11", 2, '{"a":2}')
    return [rows[0], Row(2, "2026-11", '{"a":2}', forged), rows[2]]


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        (drop, Break(2, Flaw.MISSING)),
        (edit, Break(2, Flaw.CHANGED)),
        (swap, Break(2, Flaw.CHANGED)),
        (move, Break(2, Flaw.CHANGED)),
        (rehash, Break(3, Flaw.CHANGED)),
    ],
)
def test_a_chain_breaks_where_it_was_touched(tamper: Callable[[list[Row]], list[Row]], broken: Break) -> None:
    chain = Chain()
    assert chain.follow_all(tamper(chain_of("{}", '{"a":1}', "{}"))) == broken
    assert chain.at.seq == broken.seq - 1


def test_months_do_not_go_back() -> None:
    first = chain_of("{}")[0]
    back = Row(2, "2026-10", "{}", link(first.hash, "2026-10", 2, "{}"))
    assert Chain(Mark(1, "2026-11", first.hash)).follow(back) == Break(2, Flaw.CHANGED)


def test_what_is_signed_is_the_place_the_hash_and_the_time() -> None:
    mark = Mark(7, "2026-11", bytes(32))
    text = statement(mark, "2026-11-22T12:00:00.000Z")
    assert text.decode() == f'{{"at":"2026-11-22T12:00:00.000Z","hash":"{"00" * 32}","seq":7,"stream":"2026-11"}}'
    assert Checkpoint(mark, "2026-11-22T12:00:00.000Z", "k", b"").statement == text
