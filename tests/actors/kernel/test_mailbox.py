import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.kernel.mail import Mail
from actors.kernel.mailbox import Bound, Mailbox, Policy

COALESCE = Bound(2, Policy.COALESCE, key=lambda message: message[0])


def taken(box: Mailbox) -> list[object]:
    return [mail.message for mail in box.empty()]


def test_mail_leaves_in_the_order_it_came() -> None:
    box = Mailbox(Bound(3))
    for n in range(3):
        assert box.put(Mail(n)) is None
    assert len(box) == 3
    assert taken(box) == [0, 1, 2]
    assert box.take() is None


def test_the_system_lane_goes_first() -> None:
    box = Mailbox(Bound(3))
    box.put(Mail("user"))
    box.put_urgent(Mail("system 1"))
    box.put_urgent(Mail("system 2"))
    assert len(box) == 3
    assert taken(box) == ["system 1", "system 2", "user"]


def test_reject_returns_the_newcomer() -> None:
    box = Mailbox(Bound(1))
    box.put(Mail(1))
    late = Mail(2)
    assert box.put(late) is late
    assert taken(box) == [1]


def test_the_system_lane_has_the_same_limit_of_its_own() -> None:
    box = Mailbox(Bound(1, Policy.DROP_OLDEST))
    assert box.put(Mail(1)) is None
    assert box.put_urgent(Mail(2)) is None
    late = Mail(3)
    assert box.put_urgent(late) is late


def test_drop_oldest_returns_the_oldest() -> None:
    box = Mailbox(Bound(2, Policy.DROP_OLDEST))
    old = Mail(1)
    box.put(old)
    box.put(Mail(2))
    assert box.put(Mail(3)) is old
    assert taken(box) == [2, 3]


def test_a_newer_message_takes_the_place_of_the_waiting_one() -> None:
    box = Mailbox(COALESCE)
    box.put(Mail(("a", 1), {"request_id": "old"}))
    box.put(Mail(("b", 1)))
    assert box.put(Mail(("a", 2), {"request_id": "new"})) is None
    first = box.take()
    assert first is not None
    assert (first.message, first.trace) == (("a", 2), {"request_id": "new"})
    assert taken(box) == [("b", 1)]


def test_a_full_mailbox_still_coalesces_and_rejects_what_it_cannot() -> None:
    box = Mailbox(COALESCE)
    box.put(Mail(("a", 1)))
    box.put(Mail(("b", 1)))
    assert box.put(Mail(("b", 2))) is None
    late = Mail(("c", 1))
    assert box.put(late) is late
    assert box.put(Mail(("c", 2))) is not None, "a rejected message is not there to be replaced"


def test_a_message_in_work_is_not_replaced() -> None:
    box = Mailbox(COALESCE)
    box.put(Mail(("a", 1)))
    in_work = box.take()
    box.put(Mail(("a", 2)))
    assert in_work is not None
    assert in_work.message == ("a", 1)
    assert taken(box) == [("a", 2)]


def test_no_topic_no_replacement() -> None:
    box = Mailbox(Bound(5, Policy.COALESCE, key=lambda message: None))
    box.put(Mail(1))
    box.put(Mail(1))
    assert taken(box) == [1, 1]


@pytest.mark.parametrize(
    ("limit", "policy", "key"),
    [(0, Policy.REJECT, None), (1, Policy.COALESCE, None), (1, Policy.REJECT, lambda message: message)],
)
def test_a_senseless_bound_is_refused(limit: int, policy: Policy, key: None) -> None:
    with pytest.raises(ValueError, match=r"mailbox|COALESCE"):
        Bound(limit, policy, key)


OPERATIONS = st.lists(st.one_of(st.tuples(st.sampled_from("abcd"), st.integers()), st.none()), max_size=60)


@settings(max_examples=200)
@given(OPERATIONS)
def test_coalescing_shows_the_latest_of_each_topic_in_the_order_of_first_arrival(
    operations: list[tuple[str, int] | None],
) -> None:
    box, model = Mailbox(Bound(3, Policy.COALESCE, key=lambda message: message[0])), dict[str, int]()
    for message in operations:
        if message is None:
            mail, expected = box.take(), next(iter(model.items()), None)
            assert (mail.message if mail else None) == expected
            model.pop(expected[0], None) if expected else None
        elif box.put(Mail(message)) is None:
            model[message[0]] = message[1]
        else:
            assert len(model) == 3
            assert message[0] not in model
        assert len(box) == len(model)
