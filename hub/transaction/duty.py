"""What has to be done about a draft by itself, and when: every wait of a draft has an end and somebody who ends it."""

from datetime import datetime, timedelta
from enum import StrEnum

from hub.transaction.draft import Draft
from hub.transaction.state import DraftState

LEASE = timedelta(seconds=60)
"""How long a replica may wait for the back end. After it, and at once when the replica is gone, the answer is lost."""

LOOKS = (2.0, 5.0, 15.0, 60.0, 300.0, 600.0)
"""Seconds after an answer was lost at which it is looked for, until patience ends; then once more."""

FIRST_PAUSE, MOST_PAUSE = 1.0, 60.0
"""Seconds between tries of what failed before anything was sent; they double."""


class Duty(StrEnum):
    """What is to be done.

    `ask`: send the prompt. `lose`: take the answer for lost. `look`: find out what became of the call. `give_up`: stop
    looking. `carry_out`: commit what was approved. `lapse`: its time is over. `withdraw`: tell the back end that the
    draft is given up.
    """

    ASK = "ask"
    LOSE = "lose"
    LOOK = "look"
    GIVE_UP = "give_up"
    CARRY_OUT = "carry_out"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"


def duty_of(draft: Draft, patience: timedelta) -> Duty | None:
    """What is to be done about it once it is due."""
    match draft.state:
        case DraftState.CREATING | DraftState.COMMITTING:
            return Duty.LOSE
        case DraftState.CREATE_UNKNOWN | DraftState.COMMIT_UNKNOWN:
            return Duty.GIVE_UP if draft.search.tries >= len(looks(patience)) else Duty.LOOK
        case DraftState.AWAITING_CONFIRMATION:
            return Duty.ASK if draft.asked.pending else Duty.LAPSE
        case DraftState.CONFIRMED | DraftState.AWAITING_APPROVAL:
            return Duty.LAPSE
        case DraftState.APPROVED:
            return Duty.CARRY_OUT
        case _:
            return Duty.WITHDRAW if draft.withdraw else None


def due_of(draft: Draft, now: datetime, patience: timedelta) -> datetime | None:
    """When that is. `now` is the moment of its latest change."""
    match draft.state:
        case DraftState.CREATING | DraftState.COMMITTING:
            return now + LEASE
        case DraftState.CREATE_UNKNOWN | DraftState.COMMIT_UNKNOWN:
            return _next_look(draft, now, patience)
        case DraftState.AWAITING_CONFIRMATION:
            return now if draft.asked.pending else draft.expires_at
        case DraftState.CONFIRMED:
            return min(draft.expires_at, draft.confirmed_until or draft.expires_at)
        case DraftState.AWAITING_APPROVAL:
            return draft.approval_until
        case DraftState.APPROVED:
            return now + pause(draft.search.tries)
        case _:
            return now + pause(draft.search.tries) if draft.withdraw else None


def looks(patience: timedelta) -> tuple[float, ...]:
    """The seconds at which an answer is looked for, the last time when patience ends."""
    most = patience.total_seconds()
    return (*(seconds for seconds in LOOKS if seconds < most), most)


def _next_look(draft: Draft, now: datetime, patience: timedelta) -> datetime:
    since, all_looks = draft.search.since or now, looks(patience)
    if draft.search.tries >= len(all_looks):
        return now
    return since + timedelta(seconds=all_looks[draft.search.tries])


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries; none before the first."""
    return timedelta(seconds=min(FIRST_PAUSE * 2 ** (tries - 1), MOST_PAUSE) if tries else 0.0)
