"""A draft that decisions move on, as storage would write them, without a storage."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from attrs import evolve, field, mutable

from hub.integration.call import Call
from hub.integration.transaction import DraftState as ProviderState
from hub.integration.transaction import ProviderDraft
from hub.money import Money
from hub.rights import Reader, Role
from hub.transaction.approval import ApprovalState
from hub.transaction.commit import Attempt, begin
from hub.transaction.confirmation import Minting, asked, hear
from hub.transaction.consent import CONFIRM, Heard
from hub.transaction.creation import Fresh, Wish, begun, made
from hub.transaction.draft import Draft
from hub.transaction.ending import Verdict, decide
from hub.transaction.risk import Limit
from hub.transaction.token import Token, digest_of, token_of
from hub.transaction.turn import Move, Rules, Sight, Standing

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
KEY = b"k" * 32
CONVERSATION, CUSTOMER, TEAM = UUID(int=10), UUID(int=11), UUID(int=12)
CALL = Call(UUID(int=1), "ai:1", CONVERSATION)
SUPERVISOR = Reader(UUID(int=20), Role.SUPERVISOR, frozenset({TEAM}))
PROMPT, CONSENT, APPROVAL = UUID(int=30), UUID(int=31), UUID(int=32)
TOKEN = token_of(KEY, CONSENT)
RULES = Rules(limit=Limit(Decimal("1000.00"), "USD"))


def told(draft: Draft, **changes: Any) -> ProviderDraft:
    """The back end's word on a draft."""
    facts = {
        "state": ProviderState.OPEN,
        "provider_state": "?",
        "amount": draft.amount.decimal,
        "currency": draft.amount.currency,
        "customer_ref": draft.customer_ref,
    }
    return ProviderDraft("ext-1", **{**facts, **changes})


def heard(seq: int, text: str | None = None, **given: Any) -> Heard:
    """A customer's message."""
    return Heard(UUID(int=1000 + seq), seq, NOON, **{"by_customer": True, "text": text, **given})


def pressed(draft: Draft, seq: int = 8, prefix: str = CONFIRM) -> Heard:
    """A press of the prompt's button."""
    return heard(seq, "Confirm", button=prefix + draft.asked.nonce)


@mutable
class Life:
    """One draft, moved on by decisions as storage would write them."""

    draft: Draft
    now: datetime = NOON
    standing: Standing = field(factory=lambda: Standing(customer_id=CUSTOMER, team_id=TEAM))
    tokens: list[Token] = field(factory=list)
    moves: list[Move] = field(factory=list)
    spent: tuple[Money, ...] = ()
    waiting: tuple[int, int] = (0, 0)

    @property
    def state(self) -> str:
        """How far it has come."""
        return self.draft.state.value

    def sight(self, digest: bytes | None = None) -> Sight:
        """What a decision sees."""
        approvals = [move.approval for move in self.moves if move.approval]
        return Sight(
            now=self.now,
            draft=self.draft,
            standing=self.standing,
            token=next((token for token in self.tokens if token.digest == digest), None),
            issued=next((token for token in self.tokens if token.consent_id == self.draft.consent_id), None),
            approval=approvals[-1] if approvals else None,
            spent=self.spent,
            waiting=self.waiting,
        )

    def take(self, decision: Callable[[Sight], Move], digest: bytes | None = None) -> Move:
        """Writes what a decision leads to."""
        move = decision(self.sight(digest))
        if move.draft is not self.draft:
            assert move.draft.version == self.draft.version + 1
            self.moves.append(move)
            self.tokens += [move.token] if move.token else []
            self.draft = move.draft
        return move

    def made(self, **changes: Any) -> Move:
        """The back end has made it."""
        return self.take(lambda sight: made(sight, told(self.draft, **changes), RULES))

    def asked(self, seq: int = 7, message_id: UUID = PROMPT) -> Move:
        """The customer was asked."""
        return self.take(lambda sight: asked(sight, message_id, seq, RULES))

    def hears(self, *messages: Heard, rules: Rules = RULES) -> Move:
        """The customer wrote."""
        return self.take(lambda sight: hear(sight, messages, Minting(CONSENT, KEY), rules))

    def commits(self, token: str | None = TOKEN, suspicion: int = 0, call: Call = CALL) -> Move:
        """The AI commits."""
        digest = digest_of(token) if token is not None else None
        attempt = Attempt(call, digest, suspicion, APPROVAL)
        return self.take(lambda sight: begin(sight, attempt, 1, RULES), digest)

    def decides(self, wanted: ApprovalState, by: Reader = SUPERVISOR, seen: str | None = None) -> Move:
        """A supervisor decides."""
        assert self.draft.terms is not None
        verdict = Verdict(by, wanted, self.draft.terms.hex() if seen is None else seen)
        return self.take(lambda sight: decide(sight, verdict, RULES))

    def pass_time(self, **given: float) -> None:
        """Time goes by."""
        self.now += timedelta(**given)


def begin_life(amount: Money | None = None, **given: Any) -> Life:
    """A draft that the back end is being asked for."""
    wish = Wish(CUSTOMER, "cust-1", amount or Money(6000, "USD"), "Two chairs")
    fresh = Fresh(UUID(int=40), UUID(int=41), UUID(int=42), "a" * 32, "482913")
    draft = begun(CALL, wish, fresh, 1, NOON, RULES)
    return Life(evolve(draft, **given))
