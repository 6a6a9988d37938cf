"""The one error of the configuration: every problem found, each on its own line."""

import difflib
from collections.abc import Iterable, Sequence


class ConfigError(Exception):
    """The configuration cannot be used. `problems` are lines of what, where and what to do, for the terminal."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def did_you_mean(word: str, known: Iterable[str], shown: str = '"{}"') -> str:
    """` Did you mean "app_secret"?` for the nearest known word, or nothing. `shown` is how it is put."""
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f" Did you mean {shown.format(near[0])}?" if near else ""
