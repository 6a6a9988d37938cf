"""Phone numbers that are written in two ways: the same customer, with and without a mobile prefix.

Meta, "Phone numbers": for Brazil, Argentina and Mexico `wa_id` may differ from the number that was dialled. Brazil put
a 9 before eight-digit mobile numbers (2012-2016), Mexico dropped the 1 after 52 (2019), Argentina has a 9 after 54 for
mobile phones called from abroad.
"""

import re

_SPELLINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"55(\d{2})9([6-9]\d{7})"), r"55\g<1>\g<2>"),
    (re.compile(r"55(\d{2})([6-9]\d{7})"), r"55\g<1>9\g<2>"),
    (re.compile(r"549([1-8]\d{9})"), r"54\g<1>"),
    (re.compile(r"54([1-8]\d{9})"), r"549\g<1>"),
    (re.compile(r"521([2-9]\d{9})"), r"52\g<1>"),
    (re.compile(r"52([2-9]\d{9})"), r"521\g<1>"),
)
"""A spelling and the other one of the same number. Brazilian landlines (2-5) have only one."""


def variants(digits: str) -> tuple[str, ...]:
    """All spellings of an international number given as digits; the given one first."""
    others = (pattern.sub(other, digits) for pattern, other in _SPELLINGS if pattern.fullmatch(digits))
    return (digits, *others)
