"""The id under which a request is known, in its answer, in the log and in what is done on its behalf."""

import re
from collections.abc import Mapping

from multidict import istr

from hub.ids import uuid7

HEADER = istr("X-Request-Id")

_ALLOWED = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def of(headers: Mapping[str, str]) -> str:
    """The caller's id of the request, or a new one."""
    given = headers.get(HEADER)
    return given if given is not None and _ALLOWED.fullmatch(given) else uuid7().hex
