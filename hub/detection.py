"""Finding in a text what is secret or personal: keys and tokens by their form, cards and IBANs by their check digits,
e-mail addresses and telephone numbers by their shape. Names and streets have no form; those go by the field's name
(`hub.redaction`).

Every pattern takes linear time: runs are taken whole (possessively), and begin where the run begins.
"""

import re
from collections.abc import Callable

from attrs import frozen


@frozen
class Detector:
    """One kind of finding. `holds` says whether a match is one; `shown` is what may be seen of it, beside the kind."""

    kind: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = bool
    shown: Callable[[str], str] | None = None
    keeps: str = ""
    """What of the match stays before the finding, as a template of `re`: the name of a field, a scheme."""


def luhn(text: str) -> bool:
    """Whether the digits of a text end in their check digit (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed([int(each) for each in text if each.isdigit()])):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def mod97(text: str) -> bool:
    """Whether the letters and digits of a text have the check digits of an IBAN (ISO 13616)."""
    plain = "".join(each for each in text.upper() if each.isascii() and each.isalnum())
    return 15 <= len(plain) <= 34 and int("".join(str(int(each, 36)) for each in plain[4:] + plain[:4])) % 97 == 1


def _iban(text: str) -> bool:
    """Whether it is an IBAN, maybe with words of four letters behind it."""
    while text and not mod97(text):
        text = text.rpartition(" ")[0]
    return bool(text)


def _card(text: str) -> bool:
    """Whether it is the number of a payment card: it begins as one (ISO/IEC 7812-1) and has its check digit."""
    digits = "".join(each for each in text if each.isdigit())
    return (digits[0] == "4" if len(digits) == 13 else digits[0] in "23456") and luhn(digits)


def _last_digits(text: str) -> str:
    return "…" + text[-4:]


_NAMES = r"(?:token|secret|passw(?:or)?d|pwd|authorization|api[_-]?key|credentials?|signature|cookie|private[_-]?key)"
"""How the names end, or go on, under which secrets are given."""

DETECTORS: tuple[Detector, ...] = (
    Detector("pem", re.compile(r"-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|\Z)")),
    Detector(
        "database",  # PostgreSQL quotes the row (its "Error Message Style Guide": detail carries the data)
        re.compile(r"(DETAIL:|Key \([^()]{1,200}\)=|invalid input syntax for [\w ]{1,60}: )[^\n]*+"),
        keeps=r"\1",
    ),
    Detector("login", re.compile(r"(://)[^/\s:@]*+:[^/\s@]*+(?=@)"), keeps=r"\1"),
    Detector("query", re.compile(r"(?<=[\w/.~%}-])(\?)[^\s'\"<>()=?]{1,64}=[^\s'\"<>()]*+"), keeps=r"\1"),
    Detector("wamid", re.compile(r"wamid\.[\w+/=.-]++")),
    Detector("token", re.compile(r"(?=[bB])\b((?i:bearer|basic) +)(?=[\w.~+/=-]{4})[\w.~+/=-]++"), keeps=r"\1"),
    Detector("token", re.compile(r"(?<![\w-])eyJ[\w-]++\.[\w-]++\.[\w-]*+")),
    Detector(
        "token",
        re.compile(
            r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk)_(?:live|test)_|sk-|whsec_|gh[pousr]_|github_pat_|xox[abeprs]-|AKIA|ASIA"
            r"|AIza|EAA|glpat-|hub_(?:chat_app|ai|api)_|cft_|cfm:)(?=[\w+/=-]{10})[\w+/=-]++"
        ),
    ),
    Detector("secret", re.compile(r"(?=[cCsS])(?i:\b((?:set-)?cookie: ?))[^\n'\"]++"), keeps=r"\1"),
    Detector(
        "secret",
        re.compile(
            rf"""(?=[tspacTSPAC])(?i:({_NAMES}[\w-]{{0,20}}["']?\s{{0,3}}[:=]\s{{0,3}})(?!\[|(?:bearer|basic) ))"""
            r"""(?:"[^"\n]*+"?|'[^'\n]*+'?|[^\s"'&,;)}\]]++)"""
        ),
        keeps=r"\1",
    ),
    Detector("secret", re.compile(r"(?=[tT])(?i:\b(ticket=))[^&\s'\"]++"), keeps=r"\1"),
    Detector("email", re.compile(r"(?<![\w.+'-])[\w.+'-]++(?:@|%40)[\w-]++(?:\.[\w-]++)++")),
    Detector(
        "iban",
        re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?(?![A-Za-z0-9])"),
        holds=_iban,
    ),
    Detector(
        "card",
        re.compile(r"(?<![^\W_])(?<![0-9a-f]-)(?<!\d\.)\d(?:[ \u00a0-]?\d){12,18}(?![^\W_]|-\w)"),
        holds=_card,
        shown=_last_digits,
    ),
    Detector("number", re.compile(r"(?<![\w.-])(?:\+|00)[1-9](?:[ ().\u00a0/-]{0,2}\d){6,14}(?!\w)")),
    Detector(
        "document",  # United States, Brazil, Venezuela
        re.compile(
            r"(?<![\w.-])(?:\d{3}-\d{2}-\d{4}|\d{3}\.\d{3}\.\d{3}-\d{2}|[VEJGvejg]-\d{1,2}\.?\d{3}\.?\d{3})(?![\w-])"
        ),
    ),
    Detector("number", re.compile(r"(?<![\w.-])(?:\d{1,3}[ .-])?\(?\d{3}\)?[ .-]?\d{3}[ .-]\d{4}(?![\w-])")),
    Detector("number", re.compile(r"(?<![\w.-])(?:\d{3}[ -]\d{3}[ -]\d{3}|\d{3}[ -]\d{2}[ -]\d{2}[ -]\d{2})(?![\w-])")),
    Detector("number", re.compile(r"(?<![\w.-])(?:\(\d{2,4}\) ?\d{3,5}[ .-]?\d{4}|\d{2} 9?\d{4}-\d{4})(?![\w-])")),
    Detector("number", re.compile(r"(?<![\w.-])\(?0\d{2,4}\)?[ ./-]?\d{3,4}[ .-]?\d{2}[ .-]?\d{2,3}(?![\w-])")),
    Detector("number", re.compile(r"(?<![\w.-])\d{9,15}(?!\w)")),
)
"""In the order in which they are looked for: what would be taken apart by a later one comes first."""
