"""The files a command works with: the configuration, the data directory, the secrets made up for development."""

import contextlib
import fcntl
import os
import secrets
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, TextIO

import click
from attrs import field, frozen

from hub.commands.exits import CommandFailed
from hub.commands.output import talk
from hub.config import Config, ConfigError, Loaded, load
from hub.config.load import MAX_BYTES

CONFIG_FILE = "config.toml"
DATA_DIRECTORY = ".hub"
SECRETS_FILE = "secrets.toml"

LONGEST_SOCKET = 107
"""Bytes of the path of a Unix socket on Linux. The embedded PostgreSQL's is `<data>/pg/.s.PGSQL.5432`."""

_SOCKET = "pg/.s.PGSQL.5432"
_PAGE = Path(__file__).parents[2] / "web" / "static"


@frozen
class Place:
    """Where a command was told to look: `-c`, `--data` and `-o`."""

    config: Path | None = None
    data: Path | None = None
    options: Mapping[str, str] = field(factory=dict)

    def over(self, other: "Place") -> "Place":
        """This place, with what it does not say taken from the other."""
        return Place(self.config or other.config, self.data or other.data, {**other.options, **self.options})

    @property
    def data_directory(self) -> Path:
        """The data directory as an absolute path, without making it."""
        return Path(os.path.abspath(self.data or DATA_DIRECTORY))


def located(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `-c`, `--data` and `-o`, as one argument `place`. They may also stand before the command."""

    @click.option("-c", "--config", type=click.Path(path_type=Path), help="The configuration file [config.toml].")
    @click.option("--data", type=click.Path(path_type=Path), help="The data directory [.hub].")
    @click.option(
        "-o", "options", multiple=True, metavar="SECTION.KEY=VALUE", callback=parse_options, help="Set a value."
    )
    @wraps(command)
    def with_place(config: Path | None, data: Path | None, options: dict[str, str], **rest: Any) -> Any:
        before = click.get_current_context().find_root().obj
        place = Place(config, data, options)
        return command(place=place.over(before) if isinstance(before, Place) else place, **rest)

    return with_place


def parse_options(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`-o SECTION.KEY=VALUE` as {"section.key": "value"}; a click callback."""
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"{value!r} is not SECTION.KEY=VALUE.")
    return {key.strip(): text for key, _, text in (value.partition("=") for value in values)}


def load_config(place: Place, environ: Mapping[str, str], *, keep_secrets: bool = True) -> Loaded:
    """The configuration of a place, its warnings said. Raises `ConfigError`.

    With `keep_secrets` the secrets that development lacks are made once and kept in the data directory; without, they
    live as long as the command.
    """
    name = os.fspath(place.config or CONFIG_FILE)
    kept = KeptSecrets(place.data_directory / SECRETS_FILE)
    loaded = load(
        _source(place, name),
        name=name,
        environ=environ,
        options=place.options,
        read_file=_read_text,
        make_up=kept.make_up if keep_secrets else lambda path: secrets.token_urlsafe(48),
    )
    for warning in (*loaded.warnings, *_exposed(Path(name))):
        talk(f"Warning: {warning}")
    return loaded


def _source(place: Place, name: str) -> bytes:
    """The file's bytes; the default file may be missing, a file that was asked for may not."""
    try:
        with open(name, "rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        if place.config is None:
            return b""
        raise ConfigError([f"{name}: no such file. To make one: hub config default > {name}"]) from None
    except OSError as error:
        raise ConfigError([f"{name}: cannot be read ({(error.strerror or 'refused').lower()})."]) from None


def _read_text(path: str) -> str:
    """A secret's file. More than a configuration may hold is no secret."""
    with open(path, "rb") as file:
        source = file.read(MAX_BYTES + 1)
        others = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & (stat.S_IROTH | stat.S_IWOTH)
    if len(source) > MAX_BYTES:
        raise OSError(0, "larger than 1 MiB", path)
    if others and not path.startswith("/run/secrets/"):
        talk(f"Warning: {path} can be read by everybody on this machine. chmod 600 {path}")
    return source.decode()


def _exposed(config: Path) -> Iterator[str]:
    """The configuration must not lie where the page's files are served from."""
    if config.exists() and config.resolve().is_relative_to(_PAGE):
        yield f"{config} lies among the files that the web server gives out. Move it."


def data_directory(place: Place, config: Config) -> Path:
    """The data directory, made if need be (mode 0700) and usable. Raises `CommandFailed`."""
    directory = place.data_directory
    longest = LONGEST_SOCKET - len(_SOCKET) - 1
    if config.database.embedded and len(os.fsencode(directory)) > longest:
        raise CommandFailed(
            f"The data directory's path is {len(os.fsencode(directory))} bytes long; the embedded PostgreSQL's socket "
            f"allows {longest}. Choose a shorter one with --data."
        )
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandFailed(f"Cannot make the data directory {directory} ({error.strerror}). Use --data.") from None
    if not os.access(directory, os.W_OK | os.X_OK):
        raise CommandFailed(f"The data directory {directory} is not writable. Use --data with another one.")
    return directory


@frozen
class KeptSecrets:
    """`secrets.toml`: what development made up, so that it survives a restart. Mode 0600, one writer at a time."""

    file: Path

    def make_up(self, path: tuple[str, ...]) -> str:
        """The secret of a setting: the kept one, or a new one that is kept from now on."""
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked() as file:
            known = self._read(file)
            name = ".".join(path)
            if name not in known:
                known[name] = secrets.token_urlsafe(48)
                file.write(f'"{name}" = "{known[name]}"\n')
            return known[name]

    @contextlib.contextmanager
    def _locked(self) -> Iterator[TextIO]:
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with open(descriptor, "r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077:
                os.fchmod(descriptor, 0o600)
            yield file

    def _read(self, file: TextIO) -> dict[str, str]:
        try:
            known = tomllib.loads(file.read())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            known = {"": None}
        if not all(isinstance(value, str) and value for value in known.values()):
            raise CommandFailed(f"{self.file} is damaged. Delete it: people will have to sign in again.")
        return known
