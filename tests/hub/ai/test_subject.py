"""The conversation of a call."""

from typing import Any

import pytest

from hub.conversation.state import Status


@pytest.mark.parametrize(
    ("epoch", "looked", "attached"),
    [(0, None, True), (0, 0, True), (1, None, False), (1, 1, False), (1, 0, False), (2, None, True), (2, 0, False)],
)
def test_the_ai_agent_acts_in_the_epoch_in_which_it_looked(
    new_subject: Any, epoch: int, looked: int | None, attached: bool
) -> None:
    assert new_subject(ai_epoch=epoch).attached(looked) is attached


@pytest.mark.parametrize("status", Status)
def test_what_is_resolved_or_closed_is_over(new_subject: Any, status: Status) -> None:
    assert new_subject(status=status).over is (status in (Status.RESOLVED, Status.CLOSED))


def test_the_customer_goes_by_the_hubs_name_and_by_the_companys(new_subject: Any) -> None:
    subject = new_subject("c-1")
    assert subject.customer_ref == "c-1"
    assert subject.is_customer("c-1")
    assert subject.is_customer(str(subject.customer.id))
    assert not subject.is_customer("c-2")
    assert not subject.is_customer(str(subject.customer.id).upper())
    assert new_subject().customer_ref != "c-1"
