"""How long a file is tried for, and whether what came is what was announced."""

from datetime import timedelta

import attrs
import pytest

from hub.ids import uuid7
from hub.media import DueFile, Failure, FetchFailed, Patience, StoredFile, check_arrived
from hub.message import MediaState

DUE = DueFile(uuid7(), "wa", uuid7(), uuid7(), MediaState.PENDING, age=10.0, tries=1)
PATIENCE = Patience(tries=5, first=1.0, longest=5.0, held=60.0, life=timedelta(days=7))


def pauses(failure: Failure) -> list[float | None]:
    failed = FetchFailed(failure, "why")
    return [PATIENCE.pause(failed, attrs.evolve(DUE, tries=tries)) for tries in range(1, 7)]


def test_pauses_double_up_to_the_longest_and_end_with_the_tries() -> None:
    assert pauses(Failure.LATER) == [1.0, 2.0, 4.0, 5.0, None, None]


def test_what_is_final_is_not_tried_again() -> None:
    assert pauses(Failure.FINAL) == [None] * 6


def test_a_channel_that_is_down_costs_no_tries_until_the_file_s_life_is_over() -> None:
    assert pauses(Failure.HELD) == [60.0] * 6
    assert PATIENCE.pause(FetchFailed(Failure.HELD, "why"), attrs.evolve(DUE, age=7 * 86_400.0)) is None


def test_the_usual_patience_outlasts_half_an_hour() -> None:
    later = FetchFailed(Failure.LATER, "why")
    waits = [Patience().pause(later, attrs.evolve(DUE, tries=tries)) for tries in range(1, 12)]
    assert sum(wait or 0 for wait in waits) > 1800


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (StoredFile(5, "ab" * 32, None), None),
        (StoredFile(5, "cd" * 32, None), "The file arrived damaged."),
        (StoredFile(0, "ab" * 32, None), "The file arrived empty."),
    ],
)
def test_what_arrived_is_checked(found: StoredFile, reason: str | None) -> None:
    if reason is None:
        check_arrived(found, "ab" * 32)
        return
    with pytest.raises(FetchFailed) as caught:
        check_arrived(found, "ab" * 32)
    assert (caught.value.failure, caught.value.reason) == (Failure.LATER, reason)


def test_without_an_announced_digest_any_content_will_do() -> None:
    check_arrived(StoredFile(1, "cd" * 32, None), None)
