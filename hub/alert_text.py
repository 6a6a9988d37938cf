"""Alerts in words, for people. Made of fixed sentences and of what the hub itself counts and names."""

from hub.alert import Alert, Rule, Severity, Word

TITLES: dict[Rule, str] = {
    Rule.CIRCUIT_OPEN: "{subject} does not answer",
    Rule.DEAD_LETTERS: "Several calls to {subject} were given up",
    Rule.TRANSACTION_UNKNOWN: "It is not known whether a transaction was made",
    Rule.TRANSACTION_REVIEW: "A transaction has to be looked into by a person",
    Rule.APPROVAL_WAITING: "A transaction waits for approval",
    Rule.SUSPICIOUS_CALLS: "The AI agent tried suspicious things in a conversation",
    Rule.WRONG_CONFIRMATIONS: "The AI agent guessed at a customer's confirmation",
    Rule.RATE_REFUSALS: "The AI agent runs into its limits",
    Rule.AUDIT_BROKEN: "The audit does not add up",
}

ADVICE: dict[Rule, str] = {
    Rule.CIRCUIT_OPEN: "It failed too often and is left alone for a while. What needs it waits or is refused; the hub "
    "tries again by itself.",
    Rule.DEAD_LETTERS: "{occurrences} in 15 minutes. See the dead letters: have them done again once it works, or "
    "discard them.",
    Rule.TRANSACTION_UNKNOWN: "The payment system did not say how it ended. The hub goes on asking, under the same "
    "key: do not make it a second time, and tell the customer that it is being verified.",
    Rule.TRANSACTION_REVIEW: "The payment system could not say within 15 minutes whether it was made. Look there, "
    "then see to the dead letter.",
    Rule.APPROVAL_WAITING: "Nobody has decided for 5 minutes. It lapses 15 minutes after it was asked for.",
    Rule.SUSPICIOUS_CALLS: "{occurrences} of its calls were refused. Somebody may be trying to talk it into something: "
    "read the conversation, and take it if need be.",
    Rule.WRONG_CONFIRMATIONS: "{occurrences} wrong tokens. The draft was cancelled. Read the conversation.",
    Rule.RATE_REFUSALS: "{occurrences} of its calls were refused in an hour. It may be running in circles.",
    Rule.AUDIT_BROKEN: "A row was changed, or rows are missing. Keep the database as it is, and run: hub audit verify",
}

NAMES = {
    "ticketing": "the ticketing system",
    "transaction_status": "the transaction system",
    "transaction_create": "the payment system",
}
"""Integrations as people call them; an OAuth2 issuer is called by its address."""


def title(alert: Alert, word: Word = Word.BEGAN) -> str:
    """One line."""
    said = TITLES[alert.rule].format(subject=NAMES.get(alert.subject, alert.subject))
    if word is Word.OVER:
        return f"Over: {said}"
    said = said[:1].upper() + said[1:]
    return f"{said} ({alert.times} times)" if alert.times > 1 else said


def text(alert: Alert, word: Word, url: str) -> str:
    """What to know and to do, with where to look; `url` is the hub's address, or nothing."""
    began = f"Since {alert.first_at:%Y-%m-%d %H:%M} UTC."
    if word is Word.OVER:
        return f"It works again. {began}"
    lines = [ADVICE[alert.rule].format(occurrences=alert.occurrences), began]
    if alert.severity is Severity.CRITICAL:
        lines.insert(0, "This is critical.")
    if url and alert.conversation_id is not None:
        lines.append(f"{url}/inbox/all/{alert.conversation_id}")
    return "\n".join(lines)
