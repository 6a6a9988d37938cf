"""What the journal's words mean."""

import pytest

from hub.journal import Outcome, Verdict

WRITTEN = {Verdict.OK, Verdict.DONE}


@pytest.mark.parametrize("verdict", Verdict)
def test_only_two_verdicts_say_that_it_is_written(verdict: Verdict) -> None:
    assert Outcome(verdict).written is (verdict in WRITTEN)
