"""What follows from each of WhatsApp's refusal codes: the hub's next step, and a sentence for the agent.

Meta, "Error codes" (Cloud API). The same codes come as an answer to a send and later in `failed` statuses.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum

from attrs import frozen


class Action(StrEnum):
    """The hub's next step.

    `retry_number` and `retry_conversation` also hold everything else of that number or conversation meanwhile.
    `channel_down` opens the channel's circuit, tells ops and keeps the queue without using up attempts.
    """

    RETRY = "retry"
    RETRY_NUMBER = "retry_number"
    RETRY_CONVERSATION = "retry_conversation"
    RETRY_ONCE = "retry_once"
    RETRY_LATER = "retry_later"
    USE_PHONE = "use_phone"
    CHANNEL_DOWN = "channel_down"
    CLOSE_WINDOW = "close_window"
    OPT_OUT = "opt_out"
    FAIL = "fail"
    FAIL_AND_ALERT = "fail_and_alert"


AGAIN = frozenset({Action.RETRY, Action.RETRY_NUMBER, Action.RETRY_CONVERSATION, Action.RETRY_LATER})
"""After these a message is sent again as often as `Retries` say, after RETRY_ONCE once; after others never."""

LATER = 600.0  # seconds a template needs to reach all of WhatsApp's servers
LONGEST = 32  # the pause does not grow any more, whatever its cap


@frozen
class Rule:
    """What to do about a code, and what to tell the agent."""

    action: Action
    sentence: str


def _rules(action: Action, sentence: str, codes: Iterable[int]) -> dict[int, Rule]:
    return dict.fromkeys(codes, Rule(action, sentence))


RULES: dict[int, Rule] = {
    **_rules(
        Action.CHANNEL_DOWN,
        "WhatsApp does not accept our access; the administrators have been told.",
        (0, 3, 10, 190, *range(200, 300), 131005),
    ),
    **_rules(
        Action.CHANNEL_DOWN,
        "WhatsApp has restricted this number or account; the administrators have been told.",
        (33, 368, 130497, 131031, 131037, 131042, 131045, 131064, *range(133000, 133017)),
    ),
    **_rules(Action.RETRY_NUMBER, "WhatsApp is limiting this number.", (4, 80007, 130429)),
    **_rules(Action.RETRY_CONVERSATION, "Too many messages to this customer at once.", (131056,)),
    **_rules(Action.RETRY, "WhatsApp has a disturbance.", (1, 2, 131000, 131016, 131057, 133004)),
    **_rules(Action.RETRY_ONCE, "WhatsApp could not take the file.", (131053,)),
    **_rules(Action.RETRY_LATER, "WhatsApp is still preparing this template.", (134101,)),
    **_rules(Action.FAIL_AND_ALERT, "WhatsApp suspects spam from this number and stopped the message.", (131048,)),
    **_rules(Action.CLOSE_WINDOW, "More than 24 hours since the customer wrote: use a template.", (131047,)),
    **_rules(Action.OPT_OUT, "The customer does not want marketing messages.", (131050,)),
    **_rules(Action.USE_PHONE, "WhatsApp needs the customer's phone number for this template.", (131062,)),
    **_rules(Action.FAIL, "This number cannot be reached on WhatsApp.", (131026,)),
    **_rules(Action.FAIL, "Sender and recipient are the same number.", (131021,)),
    **_rules(Action.FAIL, "This recipient is not on the test number's list.", (131030,)),
    **_rules(Action.FAIL, "We have blocked this customer on WhatsApp.", (130403,)),
    **_rules(Action.FAIL, "WhatsApp did not deliver it: the customer is in an experiment of theirs.", (130472,)),
    **_rules(Action.FAIL, "WhatsApp limits marketing to this customer: wait at least 24 hours.", (131049,)),
    **_rules(Action.FAIL, "WhatsApp does not know this template in this language.", (132001,)),
    **_rules(
        Action.FAIL, "The template's blanks were not filled as it needs.", (132000, 132005, 132008, 132012, 132018)
    ),
    **_rules(Action.FAIL, "This template's content breaks WhatsApp's rules.", (132007,)),
    **_rules(Action.FAIL, "This template is paused or disabled for low quality.", (132015, 132016)),
    **_rules(Action.FAIL, "The form in this template is blocked or throttled.", (132068, 132069)),
    **_rules(
        Action.FAIL,
        "WhatsApp did not accept the message as it was written.",
        (100, 131008, 131009, 131051, 131055, 131063, 134100, 135000),
    ),
}
"""Later entries win: 133004 is a disturbance among the registration codes."""

UNKNOWN = Rule(Action.FAIL, "WhatsApp refused the message.")
UNKNOWN_TRANSIENT = Rule(Action.RETRY, UNKNOWN.sentence)


def rule(code: int, *, is_transient: bool = False) -> Rule:
    """What follows from a code. A code that is not in the table is retried only if WhatsApp calls it transient."""
    return RULES.get(code) or (UNKNOWN_TRANSIENT if is_transient else UNKNOWN)


@frozen
class Retries:
    """`attempts`: how often a message is sent in all; then it is `failed`. The pause after the first is up to `base`
    seconds, each further one `factor` times as long, up to `cap`."""

    attempts: int = 5
    base: float = 1.0
    factor: int = 4
    cap: float = 256.0

    def may_retry(self, action: Action, attempt: int) -> bool:
        """Whether another send may follow the `attempt`-th one (counted from 0) that was refused."""
        most = self.attempts if action in AGAIN else min(self.attempts, 2) if action is Action.RETRY_ONCE else 1
        return attempt + 1 < most

    def delay(self, action: Action, attempt: int, random: Callable[[], float]) -> float:
        """Seconds until the send after the `attempt`-th one (from 0), drawn evenly so that many waiting messages do not
        come back at once. `random` gives [0, 1). A template still syncing waits ten minutes."""
        if action is Action.RETRY_LATER:
            return LATER
        longest: float = self.base * self.factor ** min(attempt, LONGEST)
        return random() * min(longest, self.cap)
