"""Alerts: conditions that a supervisor has to know of. They are looked for again and again; this decides what is told.

A condition is one rule about one subject (a circuit, a draft, a conversation). While it holds its alert is firing, and
when it holds no longer it is resolved. People are told when it begins and, of what they cannot see for themselves, when
it is over; never twice within COOLDOWN about the same rule and subject, however often it comes and goes: the next word
says how often it was.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from attrs import evolve, field, frozen

COOLDOWN = timedelta(minutes=15)


class Rule(StrEnum):
    """What is looked for."""

    CIRCUIT_OPEN = "circuit_open"
    DEAD_LETTERS = "dead_letters"
    TRANSACTION_UNKNOWN = "transaction_unknown"
    TRANSACTION_REVIEW = "transaction_review"
    APPROVAL_WAITING = "approval_waiting"
    SUSPICIOUS_CALLS = "suspicious_calls"
    WRONG_CONFIRMATIONS = "wrong_confirmations"
    RATE_REFUSALS = "rate_refusals"
    AUDIT_BROKEN = "audit_broken"


class Severity(StrEnum):
    """How much it matters."""

    WARNING = "warning"
    CRITICAL = "critical"


CRITICAL = frozenset({Rule.TRANSACTION_REVIEW, Rule.AUDIT_BROKEN})
TOLD_WHEN_OVER = frozenset({Rule.CIRCUIT_OPEN, Rule.TRANSACTION_UNKNOWN})


class AlertState(StrEnum):
    """Whether the condition holds."""

    FIRING = "firing"
    RESOLVED = "resolved"


class Word(StrEnum):
    """What people are told: that it began, that it is still or once more so, that it is over."""

    BEGAN = "began"
    AGAIN = "again"
    OVER = "over"


Key: TypeAlias = tuple[Rule, str]


@frozen(kw_only=True)
class Condition:
    """A rule that holds for a subject now. `occurrences` counts what it is made of (openings of a circuit, letters,
    refusals); the team's supervisors are told, or all without one. `facts` are references and numbers."""

    rule: Rule = field(converter=Rule)
    subject: str
    occurrences: int = 1
    conversation_id: UUID | None = None
    team_id: UUID | None = None
    facts: Mapping[str, Any] = field(factory=dict)

    @property
    def key(self) -> Key:
        """By which it is known again."""
        return self.rule, self.subject


@frozen(kw_only=True)
class Alert(Condition):
    """What is known of a condition. `times`: how often it began, with no more than COOLDOWN in between; `told`: whether
    people know that it is firing now, `told_at` when they were told last, and of how many occurrences."""

    id: UUID
    state: AlertState = field(converter=AlertState)
    times: int
    first_at: datetime
    last_at: datetime
    told_at: datetime | None = None
    told: bool = False
    told_occurrences: int = 0
    resolved_at: datetime | None = None

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return Severity.CRITICAL if self.rule in CRITICAL else Severity.WARNING

    def cooling(self, now: datetime) -> bool:
        """Whether people were told so lately that they are not told again."""
        return self.told_at is not None and now - self.told_at < COOLDOWN


@frozen
class Verdict:
    """An alert as it is now, and what people are told of it, if anything."""

    alert: Alert
    word: Word | None = None


def weigh(
    known: Mapping[Key, Alert], holding: Iterable[Condition], now: datetime, new_id: Callable[[], UUID]
) -> list[Verdict]:
    """What becomes of the alerts. `known` are those that fire or are cooling; answers only those that changed."""
    now_true = {condition.key: condition for condition in holding}
    verdicts = [_holds(known.get(key), condition, now, new_id) for key, condition in now_true.items()]
    verdicts += [
        _over(alert, now) for key, alert in known.items() if key not in now_true and alert.state is AlertState.FIRING
    ]
    return [verdict for verdict in verdicts if known.get(verdict.alert.key) != verdict.alert]


def _holds(alert: Alert | None, condition: Condition, now: datetime, new_id: Callable[[], UUID]) -> Verdict:
    if alert is None or (alert.state is AlertState.RESOLVED and not alert.cooling(now)):
        return Verdict(_begun(condition, now, new_id()), Word.BEGAN)
    back = alert.state is AlertState.RESOLVED
    grown = condition.occurrences > alert.occurrences
    current = evolve(
        alert,
        state=AlertState.FIRING,
        resolved_at=None,
        times=alert.times + back,
        told=alert.told and not back,
        occurrences=max(condition.occurrences, alert.occurrences),
        facts=condition.facts if back or grown else alert.facts,
        last_at=now if back or grown else alert.last_at,
    )
    untold = not current.told or current.occurrences > alert.told_occurrences
    if alert.cooling(now) or not untold:
        return Verdict(current)
    return Verdict(evolve(current, told=True, told_at=now, told_occurrences=current.occurrences), Word.AGAIN)


def _begun(condition: Condition, now: datetime, alert_id: UUID) -> Alert:
    return Alert(
        id=alert_id,
        rule=condition.rule,
        subject=condition.subject,
        occurrences=condition.occurrences,
        conversation_id=condition.conversation_id,
        team_id=condition.team_id,
        facts=condition.facts,
        state=AlertState.FIRING,
        times=1,
        first_at=now,
        last_at=now,
        told_at=now,
        told=True,
        told_occurrences=condition.occurrences,
    )


def _over(alert: Alert, now: datetime) -> Verdict:
    ended = evolve(alert, state=AlertState.RESOLVED, resolved_at=now, told=False)
    return Verdict(ended, Word.OVER if alert.told and alert.rule in TOLD_WHEN_OVER else None)
