"""Texts that come from a program and go to people or on to others: what could be meant for a machine is refused.

Refused, never mended: a text that was changed is one that nobody wrote. The answer names the rule and not what was
found, so that it teaches nothing. The rules are for honest mistakes and known attacks; that nothing worse follows from
a text is seen to elsewhere: amounts, customers and consent never come out of one.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from hub import characters
from hub.detection import DETECTORS
from hub.errors import SuspiciousContent

LONGEST = 2000
"""Characters of a text that people read; a longer one is refused before a rule looks at it."""

HIDDEN = "hidden_characters"
"""The rule against what cannot be seen, or is no character."""

_LEAVE = (
    r"ignor(?:e|a|ar|en|ed|ing)|disregard|forget|overrid(?:e|ing)|bypass|neglect|disobey"
    r"|olvid(?:a|e|ar)|descart(?:a|e|ar)|omit(?:a|e|ir)|desobedec\w*|esqueca|esquecer|desconsider(?:a|e|ar)"
)
_RULES_OF_AI = (
    r"instructions?|prompts?|guidelines?|directives?|programming|rules?|safeguards?|restrictions?|guardrails?"
    r"|instruccion(?:es)?|indicacion(?:es)?|reglas|ordenes|directrices|instrucao|instrucoes|regras|orientacoes|diretrizes"
)
_NO_STOP = r"[^.!?]{0,40}?"

RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (rule, re.compile(pattern, re.MULTILINE))
    for rule, pattern in (
        ("instruction_override", rf"\b(?:{_LEAVE})\b{_NO_STOP}\b(?:{_RULES_OF_AI})\b"),
        (
            "instruction_override",
            rf"\b(?:{_LEAVE})\b (?:all|everything|anything|whatever|todo|tudo)\b{_NO_STOP}"
            r"\b(?:above|before|previous|prior|told|anterior|antes|acima|arriba)\b",
        ),
        ("instruction_override", rf"(?:تجاهل|انس){_NO_STOP}(?:تعليمات|اوامر|قواعد)"),
        ("instruction_override", r"\bnew (?:system )?(?:instructions?|directives?|orders?) ?[:=]"),
        (
            "role_tag",
            r"<\|?[\s/]{0,3}(?:system|assistant|user|human|developer|tool|function|admin|prompt|im_start|im_end"
            r"|information|instructions?|important)\b",
        ),
        ("role_tag", r"<\||\|>|<<sys>>|\[/?inst\]"),
        ("role_tag", r"^[\s#>*_-]{0,10}(?:system|assistant|developer|human)[*_]{0,2} ?:"),
        ("persona", r"\byou are (?:now|no longer)\b|\bfrom now on,? you\b|\bpretend (?:to be|you are|that you)\b"),
        ("persona", r"\bact as (?:an? |the |if you )?(?:admin|system|developer|supervisor|root|were)"),
        ("persona", r"\bdeveloper mode\b|\bjailbreak|\bdo anything now\b|\b(?:system|hidden|initial) prompt\b"),
        (
            "injected_message",
            r"\bimportant (?:message|instructions?|notice) (?:from|to|for) (?:me|you|the (?:ai|model|assistant))\b",
        ),
        (
            "injected_message",
            r"\bimportant ?!{2}|\bbefore you can solve\b|\bsolve the task\b|\bthe task that i gave you\b",
        ),
        ("injected_message", r"\b(?:do|perform|execute|follow|adhere to) the following\b"),
        ("tool_use", r"\b(?:call|use|invoke|execute|run) (?:the |this |a )?(?:tool|function|api)\b"),
        ("tool_use", r"\b(?:confirmation_token|[a-z]+_transaction(?:_draft|_status)?|search_tickets)\b"),
        (
            "skipped_consent",
            r"\b(?:skip|bypass|without|no need (?:for|of)) (?:any |the |asking for )?(?:\w{1,20} )?"
            r"(?:confirmation|approval|verification|consent)\b",
        ),
        ("template", r"\{\{|\$\{|\{%|<%|#\{"),
        ("markup", r"<[a-z/!?]"),
        ("link", r"\b(?:java|vb)script:|\bdata:\w{1,20}/|\b[a-z][a-z0-9+.-]{1,15}://|\bwww\.\w|\]\("),
        ("query", r"\b(?:drop|alter|truncate) table\b|\bunion (?:all )?select\b|'\s{0,3};|\bor '?1'? ?= ?'?1"),
        ("encoded", r"[a-z0-9+/=_-]{48}"),
    )
)
"""By rule: what it finds in the plain form of a text (`hub.characters.plain`). Every repetition is bounded."""

_SQUEEZED = re.compile(
    r"(?:ignore|disregard|forget)(?:all)?(?:my|the|your)?(?:previous|prior|above|earlier)(?:instruction|prompt|rule)"
)
"""The same with the spaces and points taken out of "i g n o r e  a l l …"."""

_NO_LETTER = re.compile(r"[^a-z]+")
_CARD = next(detector for detector in DETECTORS if detector.kind == "card")


def suspicion(text: str) -> str | None:
    """The rule by which a text for people is refused, or None."""
    if len(text) > LONGEST:
        return "too_long"
    if characters.hidden(text):
        return HIDDEN
    if characters.mixed_scripts(text):
        return "mixed_scripts"
    plain = characters.plain(text)
    if any(_CARD.holds(found[0]) for found in _CARD.pattern.finditer(plain)):
        return "card_number"
    line = " ".join(plain.split())
    found = next((rule for rule, pattern in RULES if pattern.search(line) or pattern.search(plain)), None)
    return found or ("instruction_override" if _SQUEEZED.search(_NO_LETTER.sub("", plain)) else None)


def check(arguments: Mapping[str, Any], prose: Collection[str] = ()) -> None:
    """Refuses suspicious arguments: raises SuspiciousContent, which names the field and the rule.

    No text may hold what cannot be seen; fields named in `prose` go through `suspicion`; all others, which are ids,
    amounts and words of a list, must be what they look like.
    """
    for name, value in arguments.items():
        path = f"$.{name}" if not characters.hidden(name) else "$"
        for text in _texts(value):
            rule = suspicion(text) if name in prose else _of_ids(text)
            if rule is not None:
                raise SuspiciousContent(
                    extra={"rule": rule}, errors=[{"path": path, "message": "is not taken as it is", "rule": rule}]
                )


def _of_ids(text: str) -> str | None:
    if characters.hidden(text):
        return HIDDEN
    return None if characters.compatible(text) and not characters.mixed_scripts(text) else "lookalike_characters"


def _texts(value: Any) -> list[str]:
    """All texts in a value, the names in it too. It is no deeper than `hub.strict_json` lets through."""
    match value:
        case str():
            return [value]
        case Mapping():
            return [text for name, item in value.items() for text in (str(name), *_texts(item))]
        case list() | tuple():
            return [text for item in value for text in _texts(item)]
        case _:
            return []
