"""Declaring settings: each field of a configuration class says its kind, default and meaning in one place.

From these declarations come reading and checking (`load`), the commented default file and `docs/configuration.md`
(`reference`), and the masking of secrets. Defaults are written as a person would write them in the file.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import attrs
from attrs import frozen

from hub.config import credentials, kinds
from hub.config.secret import Secret

REQUIRED: Final = object()
"""The default of a setting that has none."""

Path = tuple[str, ...]


@frozen
class Setting:
    """What is known of one key. `default` is as written in the file; `example` stands in for a missing one.

    `generated`: in development a missing value is made up once and kept in the data directory.
    """

    kind: kinds.Kind
    doc: str
    default: object = REQUIRED
    example: object = None
    generated: bool = False

    @property
    def secret(self) -> bool:
        """Whether the value must never be shown."""
        return isinstance(self.kind, credentials.SecretText | credentials.SecretRing | credentials.SecretUrl)


@frozen
class Group:
    """A table of settings below another one.

    `one`: always there, with defaults. `optional`: None when absent. `named`: any number, each under a name that the
    user chooses, its class picked by the key `type`. `listed`: an array of tables.
    """

    shape: Literal["one", "optional", "named", "listed"]
    classes: Mapping[str, type]
    doc: str = ""

    @property
    def only(self) -> type:
        """The class, for every shape but `named`."""
        return next(iter(self.classes.values()))


def setting(
    kind: kinds.Kind, doc: str, default: object = REQUIRED, *, example: object = None, generated: bool = False
) -> Any:
    """The attrs field of a setting. The default is checked by the kind itself, when the class is defined."""
    metadata = {"setting": Setting(kind, doc, default, example, generated)}
    if default is REQUIRED:
        return attrs.field(metadata=metadata)
    return attrs.field(default=kind.read(default), metadata=metadata)


def text(default: object, doc: str, **rules: Any) -> Any:
    """A string; `rules` are those of `kinds.Text`."""
    return setting(kinds.Text(**rules), doc, default)


def required_text(doc: str, example: str, **rules: Any) -> Any:
    """A string without a default."""
    return setting(kinds.Text(**{"may_be_empty": False, **rules}), doc, example=example)


def number(default: int, doc: str, *, low: int, high: int) -> Any:
    """A whole number from `low` to `high`."""
    return setting(kinds.Number(low, high), doc, default)


def duration(default: str, doc: str, *, low: str = "1ms", high: str = "1d") -> Any:
    """A length of time; the class holds seconds."""
    return setting(kinds.Duration(low, high), doc, default)


def size(default: str | int, doc: str, *, low: str = "1KiB", high: str = "256MiB") -> Any:
    """A number of bytes."""
    return setting(kinds.Size(low, high), doc, default)


def flag(default: bool, doc: str) -> Any:
    """true or false."""
    return setting(kinds.Flag(), doc, default)


def url(default: object, doc: str, *, example: str | None = None) -> Any:
    """An http or https address."""
    return setting(kinds.Url(), doc, default, example=example)


def required_url(doc: str, example: str) -> Any:
    """An http or https address without a default."""
    return setting(kinds.Url(may_be_empty=False), doc, example=example)


def secret(doc: str, example: str, *, shortest: int = 8, default: object = REQUIRED) -> Any:
    """A secret; without a default it is required and not empty."""
    return setting(
        credentials.SecretText(shortest, may_be_empty=default is not REQUIRED), doc, default, example=example
    )


def secret_ring(doc: str, example: str, *, shortest: int = 32, generated: bool = False) -> Any:
    """One secret, or several during rotation. A generated one is by default looked for where `example` says.

    A class made without `load` holds no secret at all, so that nothing can be signed with a known one.
    """
    kind = credentials.SecretRing(shortest)
    if not generated:
        return setting(kind, doc, example=example)
    return attrs.field(default=(), metadata={"setting": Setting(kind, doc, example, example, generated=True)})


def one(cls: type) -> Any:
    """A section that is always there."""
    return attrs.field(factory=cls, metadata={"group": Group("one", {"": cls})})


def optional(cls: type) -> Any:
    """A section that may be left out: then the field is None."""
    return attrs.field(default=None, metadata={"group": Group("optional", {"": cls})})


def named(classes: Mapping[str, type], doc: str) -> Any:
    """Sections under names of the user's choice, with a `type`."""
    return attrs.field(factory=dict, metadata={"group": Group("named", classes, doc)})


def listed(cls: type) -> Any:
    """An array of tables."""
    return attrs.field(default=(), metadata={"group": Group("listed", {"": cls})})


def settings_of(cls: type) -> dict[str, Setting]:
    """The settings directly in a configuration class, by key."""
    return {f.name.rstrip("_"): f.metadata["setting"] for f in attrs.fields(cls) if "setting" in f.metadata}


def groups_of(cls: type) -> dict[str, Group]:
    """The tables directly below a configuration class, by key."""
    return {f.name: f.metadata["group"] for f in attrs.fields(cls) if "group" in f.metadata}


def attribute(key: str, cls: type) -> str:
    """The attribute that holds a key: `from` is a word of Python's and becomes `from_`."""
    return key if key in {f.name for f in attrs.fields(cls)} else f"{key}_"


def walk(config: object, path: Path = ()) -> Iterator[tuple[Path, Setting, Any]]:
    """Every setting of a configuration with its path and value, in the order of declaration."""
    cls = type(config)
    for key, declared in settings_of(cls).items():
        yield (*path, key), declared, getattr(config, attribute(key, cls))
    for key in groups_of(cls):
        below = getattr(config, key)
        if isinstance(below, Mapping):
            parts = [(key, name, part) for name, part in below.items()]
            for outer, name, part in parts:
                yield from walk(part, (*path, outer, name))
        elif isinstance(below, tuple):
            for index, part in enumerate(below):
                yield from walk(part, (*path, key, str(index)))
        elif below is not None:
            yield from walk(below, (*path, key))


def secrets_in(value: object) -> tuple[Secret, ...]:
    """The secrets that a setting's value holds: none, one or a ring of them."""
    if isinstance(value, Secret):
        return (value,)
    return tuple(item for item in value if isinstance(item, Secret)) if isinstance(value, tuple) else ()
