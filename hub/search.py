"""Search: what somebody types becomes words to be found, and what was found becomes a piece of text with marks.

Words count as they are written, with no regard to case and accents; they are never stemmed, because customers of one
company write in many languages. Punctuation means nothing, so nothing that is typed can be wrong.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from attrs import frozen

from hub.rights import Reader

LONGEST_QUERY = 500
"""Characters of a question. Above it it is refused as `invalid_request`."""

MOST_WORDS = 16
"""Words and phrases of a question. Above it it is refused likewise: each costs a walk through an index."""

PREFIX_FROM = 3
"""Characters from which a word also stands for what begins with it: fewer begin too much."""

SNIPPET = 200
"""Characters of a snippet."""

LEAD = 60
"""Characters of a snippet before its first mark."""

INDEXED = 20_000
"""Characters of a text that are looked at; what comes after them is not found."""

PLAIN = dict(zip("áàâãäåçéèêëíìîïñóòôõöúùûü", "aaaaaaceeeeiiiinooooouuuu", strict=True))
"""Letters that count as others; the function `search_words` of the schema says the same."""

_FOLDED = str.maketrans(PLAIN | {accented.upper(): plain.upper() for accented, plain in PLAIN.items()})
_VARIANTS = {plain: "".join(a for a, p in PLAIN.items() if p == plain) for plain in PLAIN.values()}
_PART = re.compile(r'(-?)"([^"]*)(?:"|$)|(\S+)')


class TooManyWords(ValueError):
    """A question has more than MOST_WORDS."""


class Kind(StrEnum):
    """What can be found."""

    MESSAGES = "messages"
    NOTES = "notes"
    CUSTOMERS = "customers"
    CONVERSATIONS = "conversations"


@frozen
class Term:
    """A word or a phrase, folded: its words follow each other. `prefix`: the last one may go on."""

    words: tuple[str, ...]
    prefix: bool

    @property
    def tsquery(self) -> str:
        """As PostgreSQL reads a `tsquery`. Words hold letters and digits alone, so nothing in them is to be quoted."""
        *before, last = (f"'{word}'" for word in self.words)
        return " <-> ".join((*before, f"{last}:*" if self.prefix else last))

    @property
    def parts(self) -> list["Term"]:
        """Its words as terms of their own."""
        *before, last = self.words
        return [*(Term((word,), prefix=False) for word in before), Term((last,), self.prefix)]

    @property
    def pattern(self) -> str:
        """The same as a regular expression for folded text."""
        rest = r"[^\W_]*" if self.prefix else r"(?![^\W_])"
        return r"(?<![^\W_])" + r"[\W_]+".join(self.words) + rest

    @property
    def letters(self) -> str:
        """A regular expression of PostgreSQL's that every text with the term fits, folded or not."""
        return "[^[:alnum:]]+".join(map(_letters, self.words))


@frozen
class Question:
    """What is looked for: all of `wanted`, none of `unwanted`. Empty when nothing was typed but punctuation."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()
    number: str = ""
    """What was typed without the marks between digits, when nothing but digits is left: a number of some kind."""

    @property
    def tsquery(self) -> str:
        """The whole as PostgreSQL reads it; empty when nothing is wanted."""
        refused = [f"!({term.tsquery})" for term in self.unwanted]
        return " & ".join([f"({term.tsquery})" for term in self.wanted] + refused) if self.wanted else ""

    @property
    def letters(self) -> list[str]:
        """Regular expressions of PostgreSQL's that a text fits, if all that is wanted is in it."""
        return [term.letters for term in self.wanted]

    @property
    def has_phrases(self) -> bool:
        """Whether it matters how words follow each other."""
        return any(len(term.words) > 1 for term in self.wanted + self.unwanted)

    @property
    def loose(self) -> str:
        """The same as if it did not matter: all that it finds is in this too."""
        wanted = [part.tsquery for term in self.wanted for part in term.parts]
        return " & ".join(wanted + [f"!({term.tsquery})" for term in self.unwanted if len(term.words) == 1])


@frozen
class Snippet:
    """A piece of a text. `marks` are [from, to) in its characters; `before` and `after` tell that it was cut there."""

    text: str
    marks: tuple[tuple[int, int], ...]
    before: bool = False
    after: bool = False


@frozen
class Narrowed:
    """Where it is looked for. `channels` are names; `since` and `until` are moments; `sender` is customer, agent or
    system."""

    conversation_id: UUID | None = None
    team_id: UUID | None = None
    channels: tuple[str, ...] | None = None
    sender: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def concerns(self, kind: Kind) -> bool:
        """Whether things of this kind can be narrowed so. Of a kind that cannot, nothing is found."""
        if self.conversation_id or self.sender or self.since or self.until:
            return kind in (Kind.MESSAGES, Kind.NOTES)
        return kind is not Kind.CUSTOMERS or not (self.team_id or self.channels)


@frozen(kw_only=True)
class Found:
    """Something that was found. `text` is that in which the words are; `seq` where in the conversation it stands."""

    kind: Kind
    id: UUID
    text: str
    at: datetime
    customer_id: UUID
    customer_name: str | None
    phone: str | None = None
    conversation_id: UUID | None = None
    number: int | None = None
    seq: int | None = None
    channel: str | None = None
    sender_type: str | None = None
    sender_id: UUID | None = None
    sender_name: str | None = None


@frozen
class FoundPage:
    """What was found, the newest first, and the place from where to look on: None when that was all.

    A page may hold less than was asked for, or nothing, and not be the last: then many were looked at in vain.
    """

    found: list[Found]
    next: str | None = None


class Searches(Protocol):
    """Where is searched. Raises hub.errors.Unavailable when the database is away, or takes too long."""

    async def find(
        self, kind: Kind, reader: Reader, question: Question, narrowed: Narrowed, after: str | None, limit: int
    ) -> FoundPage:
        """A page of what this reader may see, after a place that a page before has named."""


def fold(text: str) -> str:
    """A text in which two spellings that count as the same are, letter by letter at the same places."""
    return text.translate(_FOLDED)


def _letters(word: str) -> str:
    return "".join(f"[{letter}{_VARIANTS[letter]}]" if letter in _VARIANTS else letter for letter in word)


def understand(typed: str) -> Question:
    """What somebody types: words, "phrases in quotes", and -words that must not be there.

    Raises TooManyWords when there are more than MOST_WORDS.
    """
    wanted, unwanted, count = list[Term](), list[Term](), 0
    for term, refused in _terms(typed):
        count += len(term.words)
        if count > MOST_WORDS:
            raise TooManyWords
        (unwanted if refused else wanted).append(term)
    digits = re.sub(r"[\s()+.#/-]", "", typed)
    number = digits if re.fullmatch("[0-9]{1,18}", digits) else ""
    return Question(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)), number)


def _terms(typed: str) -> Iterator[tuple[Term, bool]]:
    for minus, phrase, word in _PART.findall(typed):
        quoted = not word
        words = tuple(re.findall(r"[^\W_]+", fold(phrase if quoted else word).lower()))
        if words:
            is_prefix = not quoted and len(words[-1]) >= PREFIX_FROM
            yield Term(words, is_prefix), bool(minus) or (len(word) > 1 and word.startswith("-"))


def snippet(text: str, question: Question) -> Snippet:
    """The piece of a text around the first place where something wanted is found, with all such places in it."""
    pattern = "|".join(term.pattern for term in question.wanted)
    folded = fold(text[:INDEXED])
    first = re.search(pattern, folded, re.IGNORECASE) if pattern else None
    start = _start(text, first.start() if first else 0)
    end = min(len(text), start + SNIPPET)
    marks = re.compile(pattern, re.IGNORECASE).finditer(folded, start, end) if pattern else ()
    found = tuple((m.start() - start, m.end() - start) for m in marks)
    return Snippet(text[start:end], found, before=start > 0, after=end < len(text))


def _start(text: str, first: int) -> int:
    """Where a snippet begins: a little before the first mark, at a word."""
    earliest = max(0, min(first - LEAD, len(text) - SNIPPET))
    if earliest == 0:
        return 0
    gap = re.compile(r"\s").search(text, earliest, first)
    return gap.end() if gap else earliest
