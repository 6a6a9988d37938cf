"""The configuration explained: the commented default file, the values in use, and `docs/configuration.md`."""

import textwrap
from collections.abc import Iterator
from typing import Any

from hub.config.config import Config
from hub.config.load import Loaded
from hub.config.overrides import variable
from hub.config.setting import REQUIRED, Group, Path, Setting, groups_of, settings_of, walk
from hub.config.written import section, shown, toml

_HEAD = """\
# Every setting of the hub with its default. What you do not need, leave out: an unknown key is an error, a missing
# one has the value shown here. Any of them can be set from outside: HUB_SERVER__PORT=9000, or
# HUB_SERVER__PORT_FILE=/run/secrets/port. A secret may be "env:NAME" or "file:PATH".
# Check with: hub config check
"""

_DOC_HEAD = """\
# Configuration

One file, `config.toml` in the working directory or where `-c` says; a missing file means the defaults. This page is
made from the program itself: `hub config doc`. The same as a file to start from: `hub config default`.

- Precedence: `-o section.key=value`, then `HUB_SECTION__KEY`, then the file, then the default.
- `HUB_SECTION__KEY_FILE=/path` reads the value from a file (Docker secrets). In names, `-` is written `_`:
  `HUB_CHANNELS__WHATSAPP_MAIN__APP_SECRET`. An empty variable counts as unset, an unknown `HUB_` variable is an error.
- A secret is written as itself, as `"env:NAME"` or as `"file:PATH"`. It is never shown: `hub config show` prints `***`.
  Where a list is allowed, the first secret signs and all of them verify: that is how one is rotated.
- Durations are `"250ms"`, `"30s"`, `"15m"`, `"2h"`, `"30d"`; sizes bytes or `"25MiB"`; amounts decimal strings.
- `env = "production"` refuses secrets that are short, well known, generated or used twice, the embedded database unless
  allowed, a `public_url` without https, and `*` or `0.0.0.0/0` where names belong.
- In development, missing secrets marked *generated* are made up once and kept in `<data>/secrets.toml` (mode 0600).
"""


def default_toml() -> str:
    """A full commented file; loading it gives the defaults."""
    blocks = [_HEAD, *_keys(Config, commented=False)]
    for path, cls, group in _sections(Config):
        commented = group.shape in ("optional", "named", "listed")
        blocks += ["", *_wrapped(_summary(cls)), _header(path, group, commented), *_keys(cls, commented)]
    return "\n".join(blocks) + "\n"


def markdown() -> str:
    """`docs/configuration.md`."""
    parts = [_DOC_HEAD, "\n## Top level\n", *_table(Config)]
    for path, cls, group in _sections(Config):
        title = f"[[{'.'.join(path)}]]" if group.shape == "listed" else section(path)
        parts += [f"\n## `{title}`\n", f"{_summary(cls)}\n", *_table(cls)]
    return "\n".join(parts) + "\n"


def in_use(loaded: Loaded, *, origins: bool = False) -> str:
    """The values in use as TOML, secrets masked, with where each came from when asked."""
    lines: list[str] = []
    last: Path = ()
    for path, declared, value in walk(loaded.config):
        if path[:-1] != last:
            last = path[:-1]
            lines += ["", _plain_header(last)]
        line = f"{path[-1]} = {toml(shown(declared, value))}"
        lines.append(f"{line:<56} # {loaded.origins.get(path, 'default')}" if origins else line)
    return "\n".join(lines).lstrip("\n") + "\n"


def as_tree(loaded: Loaded, *, origins: bool = False) -> list[dict[str, Any]]:
    """The same for machines: `{"key", "value"}` and, when asked, `"origin"`."""
    rows = []
    for path, declared, value in walk(loaded.config):
        row: dict[str, Any] = {"key": ".".join(path), "value": shown(declared, value)}
        rows.append({**row, "origin": loaded.origins.get(path, "default")} if origins else row)
    return rows


def _sections(cls: type, path: Path = ()) -> Iterator[tuple[Path, type, Group]]:
    """Every table with the class behind it; a named one once for each of its types."""
    for key, group in groups_of(cls).items():
        for kind, below in group.classes.items():
            inner = (*path, key, _EXAMPLES[kind]) if group.shape == "named" else (*path, key)
            if settings_of(below):
                yield inner, below, group
            for deeper, deepest, shape in _sections(below, inner):
                yield deeper, deepest, group if group.shape == "optional" else shape


_EXAMPLES = {"whatsapp": "whatsapp-main", "chat_app": "app"}
"""What a named section is called where it is shown."""


def _summary(cls: type) -> str:
    return (cls.__doc__ or "").strip().splitlines()[0]


def _plain_header(path: Path) -> str:
    return f"[[{'.'.join(path[:-1])}]]" if path[-1].isdigit() else section(path)


def _header(path: Path, group: Group, commented: bool) -> str:
    header = f"[{section(path)}]" if group.shape == "listed" else section(path)
    return f"# {header}" if commented else header


def _keys(cls: type, commented: bool) -> Iterator[str]:
    for key, declared in settings_of(cls).items():
        yield from _wrapped(declared.doc)
        value = declared.example if declared.default is REQUIRED else declared.default
        yield f"{'# ' if commented else ''}{key} = {toml(value)}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, width=116, initial_indent="# ", subsequent_indent="# ")


def _table(cls: type) -> Iterator[str]:
    yield "| key | kind | default | what it does |"
    yield "|---|---|---|---|"
    for key, declared in settings_of(cls).items():
        yield f"| `{key}` | {declared.kind.name} | {_default(declared)} | {_cell(declared)} |"


def _default(declared: Setting) -> str:
    return "required" if declared.default is REQUIRED else f"`{toml(declared.default)}`"


def _cell(declared: Setting) -> str:
    allowed = (
        ""
        if declared.secret or declared.kind.expected == declared.kind.name
        else f" Allowed: {declared.kind.expected}."
    )
    generated = " *Generated* in development." if declared.generated else ""
    return f"{declared.doc}{generated}{allowed}".replace("|", "\\|")


def variables() -> list[str]:
    """The environment variables of all settings that do not depend on a name of the user's."""
    return [
        variable((*path, key))
        for path, cls, group in _sections(Config)
        if group.shape == "one"
        for key in settings_of(cls)
    ]
