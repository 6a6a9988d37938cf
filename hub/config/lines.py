"""On which line of a TOML file a key stands: `tomllib` does not say, and an error without a line is a riddle.

A small scan of headers and keys, good for the files people write; a key it does not find gets its table's line.
"""

import re
import tomllib

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_FENCE = re.compile(r'"""|\'\'\'')

Path = tuple[str, ...]


def locate(source: str) -> dict[Path, int]:
    """Line numbers (from 1) of every table and key found. Elements of an array of tables are counted from "0"."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    inside = False
    for number, line in enumerate(source.splitlines(), 1):
        if not inside:
            if header := _HEADER.fullmatch(line):
                table = _table(header, counts)
                lines.setdefault(table, number)
            elif key := _KEY.match(line):
                lines.setdefault((*table, *_parts(key[1])), number)
        inside ^= len(_FENCE.findall(line)) % 2 == 1
    return lines


def line_of(path: Path, lines: dict[Path, int]) -> int | None:
    """The line of a key, of its nearest table that has one, or None."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _table(header: re.Match[str], counts: dict[Path, int]) -> Path:
    path = _parts(header[2])
    if header[1] == "[":
        return path
    counts[path] = counts.get(path, -1) + 1
    return (*path, str(counts[path]))


def _parts(dotted: str) -> Path:
    """The names in a dotted key, quotes and all, read by the TOML parser itself."""
    try:
        tree = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return (dotted.strip(),)
    parts: list[str] = []
    while isinstance(tree, dict):
        name, tree = next(iter(tree.items()))
        parts.append(name)
    return tuple(parts)
