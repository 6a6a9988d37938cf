"""Settings from outside the file: `HUB_SECTION__KEY`, `HUB_SECTION__KEY_FILE` and `-o section.key=value`."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import frozen

from hub.config.errors import did_you_mean
from hub.config.setting import Path, groups_of, settings_of

PREFIX = "HUB_"

PROCESS = frozenset({"HUB_CONFIG", "HUB_DATA"})
"""Variables that the command line reads (as `-c` and `--data`), not the configuration."""

ReadFile = Callable[[str], str]
"""Gives the text of a file, or raises OSError or UnicodeDecodeError."""


@frozen
class Given:
    """A value as text, and where it came from in the words of an error message."""

    text: str
    origin: str


def from_environment(
    root: type, tree: Mapping[str, Any], environ: Mapping[str, str], read_file: ReadFile
) -> tuple[dict[Path, Given], list[str]]:
    """The overrides among the environment variables, and a line for each that cannot be one.

    An empty variable counts as unset. Variables that the file itself names with `env:` are not overrides.
    """
    found: dict[Path, Given] = {}
    problems: list[str] = []
    mentioned = PROCESS | set(_mentioned(root, tree))
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in mentioned or not environ[name]:
            continue
        try:
            path, given = _one(root, tree, name, environ[name], read_file)
        except ValueError as problem:
            problems.append(str(problem))
            continue
        if path in found:
            problems.append(f"{name} and {found[path].origin} set the same thing. Keep one.")
        found[path] = given
    return found, problems


def from_options(
    root: type, tree: Mapping[str, Any], options: Mapping[str, str]
) -> tuple[dict[Path, Given], list[str]]:
    """The same for `-o section.key=value`, given as {"section.key": "value"}."""
    found: dict[Path, Given] = {}
    problems: list[str] = []
    for dotted, value in options.items():
        path = _find(root, tree, tuple(dotted.split(".")))
        if path is None:
            known = (".".join(p) for p in _paths(root, tree))
            problems.append(f"-o {dotted}: no such setting exists.{did_you_mean(dotted, known, '{}')}")
        else:
            found[path] = Given(value, f"-o {dotted}")
    return found, problems


def put(tree: dict[str, Any], path: Path, given: Given) -> None:
    """Lay an override over what the file says. A file that is wrong on the way there is left to be complained of."""
    here: Any = tree
    for part in path[:-1]:
        here = here.setdefault(part, {})
        if not isinstance(here, dict):
            return
    here[path[-1]] = given


def variable(path: Path) -> str:
    """The environment variable of a setting."""
    return PREFIX + "__".join(part.upper().replace("-", "_") for part in path)


def _one(root: type, tree: Mapping[str, Any], name: str, value: str, read_file: ReadFile) -> tuple[Path, Given]:
    parts = tuple(name.removeprefix(PREFIX).lower().split("__"))
    if path := _find(root, tree, parts):
        return path, Given(value, name)
    path = _find(root, tree, (*parts[:-1], parts[-1].removesuffix("_file")))
    if path is None or not name.endswith("_FILE"):
        known = [variable(p) for p in _paths(root, tree)]
        raise ValueError(f"{name} is set but no such setting exists.{did_you_mean(name, known, '{}')}")
    try:
        return path, Given(read_file(value), name)
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{name}: cannot read {value} ({reason(error)}).") from None


def reason(error: OSError | UnicodeDecodeError) -> str:
    """Why a file could not be read, in a few words."""
    return "not UTF-8" if isinstance(error, UnicodeDecodeError) else (error.strerror or "it cannot be opened")


def _find(root: type, tree: Mapping[str, Any], parts: Path) -> Path | None:
    """The setting that these words mean, `-` and `_` being the same, or None."""
    wanted = tuple(part.lower().replace("-", "_") for part in parts)
    for path in _paths(root, tree):
        if tuple(part.lower().replace("-", "_") for part in path) == wanted:
            return path
    return _new_name(root, wanted)


def _new_name(root: type, parts: Path) -> Path | None:
    """`channels.NAME.key` for a name that the file does not have yet."""
    group = groups_of(root).get(parts[0])
    if group is None or group.shape != "named" or len(parts) != 3:
        return None
    keys = {key for cls in group.classes.values() for key in settings_of(cls)}
    return (parts[0], parts[1].replace("_", "-"), parts[2]) if parts[2] in keys else None


def _paths(cls: type, tree: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    """Every setting that could be overridden, given the names that the file uses."""
    for key in settings_of(cls):
        yield (*path, key)
    for key, group in groups_of(cls).items():
        below = tree.get(key, {})
        below = below if isinstance(below, Mapping) else {}
        if group.shape == "named":
            for name in below:
                for kind in group.classes.values():
                    for last in settings_of(kind):
                        yield (*path, key, name, last)
        elif group.shape != "listed":
            yield from _paths(group.only, below, (*path, key))


def _mentioned(root: type, tree: object) -> Iterator[str]:
    """Names after `env:` anywhere in the file, and those of the defaults."""
    for group in groups_of(root).values():
        for cls in group.classes.values():
            yield from (str(s.default)[4:] for s in settings_of(cls).values() if str(s.default).startswith("env:"))
    yield from _references(tree)


def _references(tree: object) -> Iterator[str]:
    if isinstance(tree, str) and tree.startswith("env:"):
        yield tree[4:]
    elif isinstance(tree, Mapping):
        for value in tree.values():
            yield from _references(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _references(value)
