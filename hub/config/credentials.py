"""The kinds of setting that must never be shown: secrets, rings of secrets, and addresses that hold a password."""

from attrs import frozen

from hub.config.kinds import CONTROL, Plain, is_address, toml_value
from hub.config.secret import Secret


@frozen
class SecretText(Plain):
    """A secret: the value itself, `env:NAME` or `file:PATH` (resolved before it gets here).

    `shortest` is the least number of bytes that production accepts.
    """

    shortest: int = 8
    may_be_empty: bool = True

    @property
    def name(self) -> str:
        return "secret"

    @property
    def expected(self) -> str:
        return 'a secret in quotes, "env:NAME" or "file:PATH"'

    def read(self, value: object) -> Secret:
        if isinstance(value, str) and value.endswith("\n"):
            raise ValueError("a secret that does not end with a line break (write its file with printf, not echo)")
        if not isinstance(value, str) or CONTROL.search(value):
            raise ValueError(self.expected)
        if not value and not self.may_be_empty:
            raise ValueError("a secret that is not empty")
        return Secret(value)


@frozen
class SecretRing:
    """One secret or several during rotation: the first signs, all of them verify."""

    shortest: int = 32

    @property
    def name(self) -> str:
        return "secret(s)"

    @property
    def expected(self) -> str:
        return "a secret, or a list of secrets of which the first signs and all verify"

    def read(self, value: object) -> tuple[Secret, ...]:
        values = value if isinstance(value, list) else [value]
        one = SecretText(self.shortest, may_be_empty=False)
        if not values:
            raise ValueError(self.expected)
        return tuple(one.read(item) for item in values)

    def from_text(self, text: str) -> object:
        return toml_value(text) if text.startswith("[") else text


@frozen
class SecretUrl(Plain):
    """An address that may hold a password (or is itself one), or one of a few words such as "embedded"."""

    schemes: tuple[str, ...]
    words: tuple[str, ...] = ("",)

    @property
    def name(self) -> str:
        return "URL (secret)"

    @property
    def expected(self) -> str:
        words = [f'"{word}"' for word in self.words if word]
        return " or ".join([*words, "a URL that starts with " + " or ".join(f"{s}://" for s in self.schemes)])

    def read(self, value: object) -> Secret:
        if not isinstance(value, str) or (value not in self.words and not (value and is_address(value, self.schemes))):
            raise ValueError(self.expected)
        return Secret(value)
