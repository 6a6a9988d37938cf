"""The two fields that every list takes."""

from attrs import frozen

from web.cursors import MOST_CHARACTERS
from web.fields import number, text

MOST = 200
USUAL = 50


@frozen
class Page:
    """A page of a list: at most `limit` items, from where `cursor` says."""

    limit: int = number(1, MOST, default=USUAL)
    cursor: str | None = text(most=MOST_CHARACTERS, default=None)
