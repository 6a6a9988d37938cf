"""Whatever happens to tries: one of a line at a time, never a later one before an earlier one is settled."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.webhook.delivery import Due
from hub.webhook.order import Order

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def line(n: int) -> UUID:
    return UUID(int=n)


def due(n: int, seq: int) -> Due:
    return Due(UUID(int=1000 + seq), line(n), seq, "message.received", 0, NOON, None)


def test_lines_go_side_by_side_and_each_in_order() -> None:
    order = Order()
    order.refill([due(1, 1), due(1, 2), due(2, 3)])
    assert [order.step(), order.step(), order.step()] == [due(1, 1), due(2, 3), None]
    assert set(order.busy) == {line(1), line(2)}
    order.over(line(1), settled=True)
    assert order.step() == due(1, 2)


def test_what_is_behind_one_that_failed_waits() -> None:
    order = Order()
    order.refill([due(1, 1), due(1, 2)])
    order.step()
    order.over(line(1), settled=False)
    assert order.step() is None


def test_a_refill_replaces_what_is_at_hand_except_behind_one_on_its_way() -> None:
    order = Order()
    order.refill([due(1, 1), due(1, 2), due(2, 3)])
    order.step()
    order.refill([due(1, 9), due(3, 4)])
    assert order.step() == due(3, 4)
    assert order.step() is None
    order.over(line(1), settled=True)
    assert order.step() == due(1, 2)


def test_what_is_forgotten_does_not_go() -> None:
    order = Order()
    order.refill([due(1, 1)])
    order.clear()
    assert order.step() is None


@settings(max_examples=150)
@given(st.lists(st.integers(1, 3), max_size=12), st.lists(st.integers(0, 5), max_size=30))
def test_any_course_of_events_keeps_the_order_and_delivers_all(lines: list[int], course: list[int]) -> None:
    """What happens next is drawn: 0 a crash, 1 a try that fails, else one that succeeds; in the end all succeed."""
    pending = [due(n, seq) for seq, n in enumerate(lines, 1)]
    delivered: list[Due] = []
    order, flying = Order(), list[Due]()
    for happens in (*course, *[2] * len(lines)):
        order.refill([one for one in pending if one.line not in order.busy])
        while (found := order.step()) is not None:
            assert found == next(one for one in pending if one.line == found.line)
            assert found.line not in {one.line for one in flying}
            flying.append(found)
        if happens == 0:  # what was at hand is gone, what is pending is still in the table
            order = Order()
            flying.clear()
        elif flying:
            ended = flying.pop(happens % len(flying))
            if happens > 1:
                pending.remove(ended)
                delivered.append(ended)
            order.over(ended.line, settled=happens > 1)
    assert not pending
    for n in (1, 2, 3):
        seqs = [one.seq for one in delivered if one.line == line(n)]
        assert seqs == sorted(seqs)
