"""What commands print: results on standard output, talk on standard error, JSON for machines."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import click

Command = Callable[..., Any]


def json_option(command: Command) -> Command:
    """`--json`, given to the command as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def result(text: str) -> None:
    """Print a result, ending with exactly one line break."""
    click.echo(text.rstrip("\n"))


def json_result(value: object) -> None:
    """Print a result for machines."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def talk(text: str) -> None:
    """Say something to the person at the terminal; it never mixes with results."""
    click.echo(text, err=True)


def table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    """Columns aligned with spaces, the header above them."""
    lines = [tuple(header), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    padded = (zip(line, widths, strict=True) for line in lines)
    return "\n".join("  ".join(cell.ljust(width) for cell, width in line).rstrip() for line in padded)
