"""A call under way through a circuit, and who waits for what it brings."""

from itertools import count

from attrs import define, field

from actors.kernel import Mail, Timer
from hub.errors import HubError
from hub.integration.call import Fetched
from hub.integration.operation import Request
from hub.integration.outcome import Outcome, failure

_ids = count(1)  # of the process: what an instance that crashed has sent out is no job of the next one


@define
class Job:
    """One call. `deadline` on the loop's clock; `copies_of` is the generation of copies at its beginning. `unknown`: an
    attempt of it may have been done over there. `status` is the last one that the back end answered."""

    request: Request
    askers: list[Mail]
    deadline: float
    copies_of: int
    attempts: int = 0
    unknown: bool = False
    status: int | None = None
    late: Timer | None = None
    again: Timer | None = None
    id: int = field(factory=lambda: next(_ids))

    def noted(self, outcome: Outcome) -> None:
        """An attempt has ended."""
        self.unknown |= outcome.open
        self.status = outcome.status or self.status

    def gone(self, now: float) -> bool:
        """Whether nobody waits for it any more."""
        return all(mail.gone(now) for mail in self.askers)

    def over(self) -> None:
        """Its timers are not needed any more."""
        for timer in (self.late, self.again):
            if timer is not None:
                timer.cancel()

    def succeed(self, fetched: Fetched[object]) -> None:
        """Answers all who wait."""
        for mail in self.askers:
            mail.reply(fetched)

    def fail(self, error: HubError) -> None:
        """Tells all who wait."""
        told = failure(error, self.attempts, self.status, unknown=self.unknown)
        for mail in self.askers:
            mail.fail(told)


def kept(mail: Mail) -> Mail:
    """The right to answer a mail, for after this turn."""
    mine = mail.onward(mail.message, ())
    mail.hand_over()
    return mine
