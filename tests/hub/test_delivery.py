"""A message's delivery goes forward only."""

from itertools import permutations

import pytest

from hub.delivery import RANK, TRANSITIONS, DeliveryStatus, advances

S = DeliveryStatus
REPORTS = (S.SENT, S.DELIVERED, S.READ, S.FAILED)


def after(reports: tuple[DeliveryStatus, ...], start: DeliveryStatus = S.SENDING) -> DeliveryStatus:
    status = start
    for report in reports:
        status = report if advances(status, report) else status
    return status


@pytest.mark.parametrize("reports", [order for n in range(1, 4) for order in permutations(REPORTS[:3], n)])
def test_in_whatever_order_reports_come_the_furthest_stays(reports: tuple[DeliveryStatus, ...]) -> None:
    assert after(reports + reports) is max(reports, key=RANK.__getitem__)


@pytest.mark.parametrize("late", [S.SENT, S.DELIVERED, S.READ])
def test_a_failed_attempt_is_not_revived_by_a_report(late: DeliveryStatus) -> None:
    assert not advances(S.FAILED, late)


@pytest.mark.parametrize("reached", [S.DELIVERED, S.READ])
def test_what_was_delivered_does_not_fail(reached: DeliveryStatus) -> None:
    assert not advances(reached, S.FAILED)


@pytest.mark.parametrize("status", S)
def test_a_report_never_asks_for_a_retry(status: DeliveryStatus) -> None:
    assert not advances(status, S.PENDING)
    assert not advances(S.RECEIVED, status)


def test_the_answer_that_was_lost_is_settled_by_a_report() -> None:
    assert after((S.SENT,), S.UNKNOWN) is S.SENT
    assert after((S.FAILED,), S.UNKNOWN) is S.FAILED


def test_the_table_knows_every_state_and_never_lowers_the_rank() -> None:
    assert set(TRANSITIONS) == set(S)
    for status, targets in TRANSITIONS.items():
        for target in targets - {S.PENDING, S.FAILED}:
            assert RANK[target] >= RANK[status]
