"""Text and environment in, `Config` or `ConfigError` out. Nothing here opens a file or reads the environment itself."""

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen, mutable

from hub.config.config import Config
from hub.config.errors import ConfigError, did_you_mean
from hub.config.lines import line_of, locate
from hub.config.overrides import Given, ReadFile, from_environment, from_options, put, reason
from hub.config.production import refusals, weak_secrets
from hub.config.setting import REQUIRED, Group, Path, Setting, attribute, groups_of, settings_of
from hub.config.written import quoted, section

MAX_BYTES = 1024 * 1024
"""A larger file is not a configuration."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
_AT = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.DOTALL)

MakeUp = Callable[[Path], str]
"""Gives the generated secret of a setting, the same one each time."""


@frozen
class Loaded:
    """A configuration and where each of its values came from: "default", "config.toml:14", a variable, "generated".

    `warnings` are lines about what production would refuse and development does not.
    """

    config: Config
    origins: Mapping[Path, str]
    warnings: tuple[str, ...]


def no_file(path: str) -> str:
    """The `read_file` of a caller that allows no files."""
    raise FileNotFoundError(2, "no such file", path)


def load(
    source: bytes = b"",
    *,
    name: str = "config.toml",
    environ: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
    read_file: ReadFile = no_file,
    make_up: MakeUp | None = None,
) -> Loaded:
    """Read and check a whole configuration. `-o` wins over the environment, that over the file, that over defaults.

    `name` is how the file is called in messages; `make_up` provides secrets that development may generate. Raises
    `ConfigError` with all problems found.
    """
    environ = environ or {}
    text = decode(source, name)
    tree = _parse(text, name)
    given, problems = from_environment(Config, tree, environ, read_file)
    chosen, more = from_options(Config, tree, options or {})
    for path, value in {**given, **chosen}.items():
        put(tree, path, value)
    reader = _Reader(name, locate(text), environ, read_file, make_up, [*problems, *more])
    config = reader.section(Config, tree, ())
    if reader.problems:
        raise ConfigError(reader.problems)
    strict = refusals(config, reader.origins) if config.production else []
    if strict:
        raise ConfigError(strict)
    return Loaded(config, reader.origins, () if config.production else tuple(weak_secrets(config, reader.origins)))


def decode(source: bytes, name: str) -> str:
    """The file as text. Raises `ConfigError` with line and column of the first byte that is not UTF-8."""
    if len(source) > MAX_BYTES:
        raise ConfigError([f"{name}: larger than 1 MiB. This is not a configuration file."])
    if source.startswith(b"\xef\xbb\xbf"):
        raise ConfigError([f"{name}:1:1: begins with a byte order mark. Save it as UTF-8 without one."])
    try:
        return source.decode()
    except UnicodeDecodeError as error:
        before = source[: error.start].decode()
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise ConfigError([f"{name}:{line}:{column}: not UTF-8."]) from None


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigError([f"{name}: nested too deeply."]) from None
    except ValueError as error:
        place = _AT.fullmatch(str(error))
        where = f"{place[2]}:{place[3]}" if place else str(text.count("\n") + 1)
        why = place[1] if place else str(error).removesuffix(" (at end of document)")
        raise ConfigError([f"{name}:{where}: not valid TOML: {_one_line(why)}."]) from None


def _one_line(text: str) -> str:
    return text.encode("unicode_escape").decode()[:200]


@mutable
class _Reader:
    """Walks the classes and the tree together, collecting origins and problems; goes on after a problem."""

    name: str
    lines: dict[Path, int]
    environ: Mapping[str, str]
    read_file: ReadFile
    make_up: MakeUp | None
    problems: list[str]
    origins: dict[Path, str] = field(factory=dict)
    production: bool = False

    def section(self, cls: type, table: Mapping[str, Any], path: Path) -> Any:
        """One object of a configuration class. With problems noted, the object is not to be used."""
        settings, groups = settings_of(cls), groups_of(cls)
        for key in table:
            if key not in settings and key not in groups:
                self._unknown(path, key, table[key], [*settings, *groups])
        values: dict[str, Any] = {}
        for key, declared in settings.items():
            values[attribute(key, cls)] = self._value((*path, key), declared, table.get(key, REQUIRED))
            if (*path, key) == ("env",):
                self.production = values["env"] == "production"
        for key, group in groups.items():
            values[key] = self._group((*path, key), group, table.get(key, REQUIRED))
        return cls(**values)

    # Tables

    def _group(self, path: Path, group: Group, table: object) -> Any:
        if group.shape == "listed":
            return self._listed(path, group.only, [] if table is REQUIRED else table)
        if table is not REQUIRED and not isinstance(table, dict):
            self._problem(path, f"{'.'.join(path)}: expected a section {section(path)}.")
            return None
        if group.shape == "optional" and table is REQUIRED:
            return None
        below: Mapping[str, Any] = table if isinstance(table, dict) else {}
        return self._named(path, group, below) if group.shape == "named" else self.section(group.only, below, path)

    def _listed(self, path: Path, cls: type, tables: object) -> tuple[Any, ...]:
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self._problem(path, f"{'.'.join(path)}: expected tables [[{'.'.join(path)}]].")
            return ()
        return tuple(self.section(cls, table, (*path, str(index))) for index, table in enumerate(tables))

    def _named(self, path: Path, group: Group, tables: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        taken: set[str] = set()
        for name, table in tables.items():
            plain = name.lower().replace("-", "_")
            if not _NAME.fullmatch(name) or plain in taken:
                self._problem(
                    (*path, name), f"{section((*path, name))}: expected a new name of letters, digits, - and _."
                )
            elif not isinstance(table, dict):
                self._problem((*path, name), f"{'.'.join((*path, name))}: expected a section {section((*path, name))}.")
            elif (cls := self._class((*path, name), group, table)) is not None:
                found[name] = self.section(cls, table, (*path, name))
            taken.add(plain)
        return found

    def _class(self, path: Path, group: Group, table: Mapping[str, Any]) -> type | None:
        kind = table.get("type", "")
        word = kind.text if isinstance(kind, Given) else kind
        if isinstance(word, str) and word in group.classes:
            return group.classes[word]
        choices = ", ".join(f'"{choice}"' for choice in group.classes)
        near = did_you_mean(str(word), group.classes)
        shown = f" = {quoted(word)}" if "type" in table else " is missing"
        self._problem((*path, "type"), f"{section(path)} type{shown}: expected one of {choices}.{near}")
        return None

    # Values

    def _value(self, path: Path, declared: Setting, raw: object) -> Any:
        origin = self._origin(path, raw)
        value = self._text(declared, raw.text) if isinstance(raw, Given) else raw
        if raw is REQUIRED:
            value = declared.default
        try:
            if declared.secret and value is not REQUIRED:
                value = self._resolve(path, declared, value)
            if value is REQUIRED:
                raise ValueError(declared.kind.expected)
            self.origins.setdefault(path, origin)
            return declared.kind.read(value)
        except _MissingReference as missing:
            self._problem(path, self._label(path, raw) + f" {missing}")
        except ValueError as expected:
            self._problem(path, self._wrong(path, declared, raw, str(expected)))
        return None

    @staticmethod
    def _text(declared: Setting, text: str) -> object:
        """Files end with a line break; only in a secret would taking it off be a guess."""
        return declared.kind.from_text(text if declared.secret else text.rstrip("\r\n"))

    def _origin(self, path: Path, raw: object) -> str:
        if isinstance(raw, Given):
            return raw.origin
        if raw is REQUIRED:
            return "default"
        line = line_of(path, self.lines)
        return self.name if line is None else f"{self.name}:{line}"

    def _resolve(self, path: Path, declared: Setting, value: object) -> object:
        """Replace `env:NAME` and `file:PATH` by what they stand for; make up what may be made up."""
        if isinstance(value, list):
            return [self._resolve(path, attrs_without_generation(declared), item) for item in value]
        if not isinstance(value, str) or not value.startswith(("env:", "file:")):
            return value
        where, _, name = value.partition(":")
        if where == "file":
            return self._file(name)
        if self.environ.get(name):
            self.origins[path] = f"{value}"
            return self.environ[name]
        if declared.generated and not self.production and self.make_up is not None:
            self.origins[path] = "generated"
            return self.make_up(path)
        raise _MissingReference(f"needs the environment variable {name}, which is not set.")

    def _file(self, name: str) -> str:
        try:
            return self.read_file(name)
        except (OSError, UnicodeDecodeError) as error:
            raise _MissingReference(f"cannot be read from {name} ({reason(error)}).") from None

    # Messages

    def _unknown(self, path: Path, key: str, value: object, known: list[str]) -> None:
        if not path and isinstance(value, dict):
            self._problem((key,), f"unknown section [{key}].{did_you_mean(key, known, '[{}]')}")
            return
        start = f"{section(path)} " if path else ""
        self._problem((*path, key), f"{start}unknown key {quoted(key)}.{did_you_mean(key, known)}")

    def _wrong(self, path: Path, declared: Setting, raw: object, expected: str) -> str:
        if raw is REQUIRED:
            return f"{self._label(path, raw)} is missing: {expected}."
        if isinstance(raw, Given):
            shown = "" if declared.secret else f" = {quoted(raw.text)}"
            return f"{raw.origin}{shown}: expected {expected}."
        shown = "" if declared.secret else f" = {quoted(raw)}"
        return f"{self._label(path, raw)}{shown}: expected {expected}."

    def _label(self, path: Path, raw: object) -> str:
        if isinstance(raw, Given):
            return raw.origin
        return f"{section(path[:-1])} {path[-1]}" if path[:-1] else path[-1]

    def _problem(self, path: Path, text: str) -> None:
        """Note a problem, with the line when it lies in the file."""
        line = line_of(path, self.lines)
        inside = line is not None and not text.startswith(("HUB_", "-o "))
        self.problems.append(f"{self.name}:{line}: {text}" if inside else text)


class _MissingReference(Exception):
    """A secret points to something that is not there."""


def attrs_without_generation(declared: Setting) -> Setting:
    """The setting, but nothing is made up for it: inside a ring every reference must exist."""
    return Setting(declared.kind, declared.doc, declared.default, declared.example)
