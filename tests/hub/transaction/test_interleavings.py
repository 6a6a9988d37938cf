"""Whatever happens in whichever order: replicas, a back end that loses answers, a customer, an AI and a supervisor.

Storage and back end are played here as simply as they can be: storage writes a move if nothing has changed since it was
decided on; the back end commits a draft once, under one key. Everything between is the product's own decisions.
"""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.errors import HubError, IntegrationError
from hub.integration.transaction import DraftState as ProviderState
from hub.integration.transaction import ProviderCommit
from hub.money import Money
from hub.transaction import commit, creation, ending, settling
from hub.transaction.approval import ApprovalState
from hub.transaction.consent import DECLINE
from hub.transaction.duty import Duty, duty_of
from hub.transaction.settling import Look, Result, result_of
from hub.transaction.state import FINAL, DraftState, Trigger
from tests.hub.transaction.life import CALL, RULES, TOKEN, Life, begin_life, heard, pressed, told


class BackEnd:
    """Commits a draft once: the same key is answered the same. `commits` is what it has moved."""

    def __init__(self) -> None:
        self.commits: list[tuple[UUID, int]] = []
        self.refuses = False

    def commit(self, life: Life) -> ProviderCommit:
        draft = life.draft
        if self.refuses:
            raise IntegrationError
        if draft.key_commit not in [key for key, _ in self.commits]:
            self.commits.append((draft.key_commit, draft.amount.minor))
        return ProviderCommit("tx-1", draft.amount.decimal, draft.amount.currency)

    def state(self) -> dict[str, Any]:
        if self.commits:
            return {"state": ProviderState.COMMITTED, "transaction_id": "tx-1"}
        return {"state": ProviderState.OPEN}


class Interleavings(RuleBasedStateMachine):
    """One draft and everybody around it."""

    @initialize(
        minor=st.sampled_from([6000, 100_000, 100_001]),
        spent=st.sampled_from([0, 94_000, 94_001]),
        start=st.sampled_from(["creating", "asked", "confirmed", "begun", "begun"]),
    )
    def begin(self, minor: int, spent: int, start: str) -> None:
        self.life = begin_life(Money(minor, "USD"))
        self.life.spent = (Money(spent, "USD"),) if spent else ()
        self.back_end = BackEnd()
        self.seq = 8
        self.flying = 0  # commits that are on their way to the back end
        self.committing = 0  # times that a commit was begun
        if start != "creating":
            self.life.made()
            self.life.asked()
        if start in ("confirmed", "begun"):
            self.life.hears(pressed(self.life.draft))
        if start == "begun":
            self.attempt(self.life.commits)

    def attempt(self, step: Any) -> None:
        """Something that may be refused."""
        before = self.life.draft.state
        try:
            step()
        except HubError:
            assert self.life.draft.state is before
        if self.life.draft.state is DraftState.COMMITTING and before is not DraftState.COMMITTING:
            self.committing += 1
            self.flying += 1

    # The back end

    @rule(answer=st.sampled_from(["made", "lost", "refused", "other"]))
    @precondition(lambda self: self.life.draft.state in (DraftState.CREATING, DraftState.CREATE_UNKNOWN))
    def creates(self, answer: str) -> None:
        life = self.life
        match answer:
            case "made":
                self.attempt(life.made)
            case "lost":
                self.attempt(lambda: life.take(lambda sight: creation.lost(sight, RULES)))
            case "refused":
                self.attempt(lambda: life.take(lambda sight: creation.refused(sight, IntegrationError(), RULES)))
            case _:
                self.attempt(lambda: life.made(currency="EUR"))

    @rule(answer=st.sampled_from(["heard", "lost before", "lost after", "killed"]))
    @precondition(lambda self: self.flying > 0)
    def arrives(self, answer: str) -> None:
        """A commit reaches the back end, or not; its answer the hub, or not; or the replica dies with it."""
        self.flying -= 1
        if answer == "killed":
            return
        result = self._sent() if answer != "lost before" else Result(trigger=Trigger.LOST)
        if answer == "lost after":
            result = Result(trigger=Trigger.LOST)
        self.attempt(lambda: self.life.take(lambda sight: settling.settled(sight, result, RULES)))

    def _sent(self) -> Result:
        try:
            return result_of(self.life.draft, self.back_end.commit(self.life))
        except IntegrationError as error:
            return Result(trigger=Trigger.REFUSED, problem=error)

    @rule()
    def stops_taking(self) -> None:
        if not self.back_end.commits:
            self.back_end.refuses = True

    # The customer

    @rule(how=st.sampled_from(["button", "code", "yes", "no", "decline", "other"]))
    def customer_says(self, how: str) -> None:
        self.seq += 1
        message = {
            "button": pressed(self.life.draft, self.seq),
            "decline": pressed(self.life.draft, self.seq, DECLINE),
            "code": heard(self.seq, self.life.draft.asked.code),
            "yes": heard(self.seq, "yes"),
            "no": heard(self.seq, "no"),
            "other": heard(self.seq, "how much?"),
        }[how]
        self.attempt(lambda: self.life.hears(message))

    @rule(text=st.sampled_from(["yes", "482913"]))
    def somebody_else_says(self, text: str) -> None:
        self.seq += 1
        before = self.life.draft.state
        self.attempt(lambda: self.life.hears(heard(self.seq, text, by_customer=False)))
        assert self.life.draft.state is before

    # The AI, and people

    @rule(token=st.sampled_from([TOKEN, "cft_guess"]), suspicion=st.integers(0, 1))
    def ai_commits(self, token: str, suspicion: int) -> None:
        self.attempt(lambda: self.life.commits(token, suspicion))

    @rule()
    def ai_cancels(self) -> None:
        self.attempt(lambda: self.life.take(lambda sight: ending.cancel(sight, CALL, RULES)))

    @rule(wanted=st.sampled_from([ApprovalState.APPROVED, ApprovalState.REJECTED]))
    def supervisor_decides(self, wanted: ApprovalState) -> None:
        if self.life.draft.terms is not None:
            self.attempt(lambda: self.life.decides(wanted))

    @rule()
    def somebody_edits_the_row(self) -> None:
        from_row = self.life.draft
        if from_row.state in (DraftState.CONFIRMED, DraftState.AWAITING_APPROVAL, DraftState.APPROVED):
            self.life.draft = evolve(from_row, amount=Money(777_777, "USD"))

    # Time, and replicas that see to it

    @rule(seconds=st.sampled_from([1, 2, 5, 61, 301, 901]))
    def time_goes_by(self, seconds: int) -> None:
        self.life.pass_time(seconds=seconds)

    @rule()
    def a_replica_looks(self) -> None:
        draft = self.life.draft
        duty = duty_of(draft, RULES.patience)
        if duty is None or draft.due is None or draft.due > self.life.now:
            return
        self.attempt(lambda: self._do(duty))

    def _do(self, duty: Duty) -> None:
        life = self.life
        match duty:
            case Duty.ASK:
                self.seq += 1
                life.asked(self.seq, UUID(int=random.Random(self.seq).getrandbits(100)))
            case Duty.LOSE if life.draft.state is DraftState.CREATING:
                life.take(lambda sight: creation.lost(sight, RULES))
            case Duty.LOSE:
                life.take(lambda sight: settling.settled(sight, Result(trigger=Trigger.LOST), RULES))
            case Duty.LOOK if life.draft.state is DraftState.CREATE_UNKNOWN:
                life.take(lambda sight: settling.looking(sight, RULES))
            case Duty.LOOK:
                life.take(lambda sight: settling.looking(sight, RULES))
                found = settling.look(life.draft, told(life.draft, **self.back_end.state()))
                result = Result(trigger=Trigger.DONE, transaction_id="tx-1") if found is Look.DONE else self._sent()
                life.take(lambda sight: settling.settled(sight, result, RULES))
            case Duty.GIVE_UP:
                life.take(lambda sight: settling.given_up(sight, RULES))
            case Duty.CARRY_OUT:
                life.take(lambda sight: commit.carry_out(sight, 2, RULES))
            case Duty.LAPSE:
                life.take(lambda sight: ending.lapse(sight, RULES))
            case Duty.WITHDRAW:
                life.take(lambda sight: ending.withdrawn(sight, RULES))

    # What must always hold

    @invariant()
    def money_moves_once_and_only_as_agreed(self) -> None:
        assert len(self.back_end.commits) <= 1
        assert self.committing <= 1
        for _, minor in self.back_end.commits:
            consents = [move.consent for move in self.life.moves if move.consent]
            assert len(consents) == 1
            assert minor in (6000, 100_000, 100_001)
            escalated = bool(self.life.draft.risk)
            assert escalated or minor <= 100_000
            assert escalated or minor + sum(spent.minor for spent in self.life.spent) <= 100_000
            if escalated:
                decided = [move.approval for move in self.life.moves if move.approval and move.approval.decided_by]
                assert [approval.state for approval in decided] == [ApprovalState.APPROVED]

    @invariant()
    def what_has_ended_moved_nothing_unless_it_says_so(self) -> None:
        state = self.life.draft.state
        if state in FINAL:
            assert len(self.back_end.commits) == (state is DraftState.COMMITTED)

    @invariant()
    def whatever_is_not_over_is_due_some_time(self) -> None:
        draft = self.life.draft
        assert draft.state in FINAL or draft.state is DraftState.MANUAL_REVIEW or draft.due is not None

    @invariant()
    def each_step_is_the_next_version(self) -> None:
        assert self.life.draft.version == 1 + len(self.life.moves)

    def teardown(self) -> None:
        """Left alone long enough it is over, and the back end agrees."""
        if not hasattr(self, "life"):
            return
        for _ in range(40):
            draft = self.life.draft
            if draft.state in FINAL and not draft.withdraw:
                break
            self.flying = 0
            self.life.now = max(self.life.now, draft.due or self.life.now) + timedelta(seconds=1)
            self.a_replica_looks()
        assert self.life.draft.state in FINAL | {DraftState.MANUAL_REVIEW}
        self.money_moves_once_and_only_as_agreed()
        self.what_has_ended_moved_nothing_unless_it_says_so()


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
