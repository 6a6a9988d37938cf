"""The files of a command: found, read within bounds, made with the right mode."""

import os
import stat
import threading
from pathlib import Path

import pytest

from hub.commands.exits import CommandFailed
from hub.commands.files import KeptSecrets, Place, data_directory, load_config
from hub.config import ConfigError


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(place: Place, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(place, environ or {})
    return str(caught.value)


# The configuration file


def test_the_default_file_may_be_missing() -> None:
    assert load_config(Place(), {}, keep_secrets=False).config.server.port == 8080


def test_the_file_in_the_working_directory_is_read() -> None:
    Path("config.toml").write_text("[server]\nport = 7")
    assert load_config(Place(), {}, keep_secrets=False).config.server.port == 7


def test_a_file_that_was_asked_for_must_be_there() -> None:
    assert refused(Place(Path("conf.toml"))).startswith("conf.toml: no such file.")


def test_a_directory_is_no_file() -> None:
    Path("conf").mkdir()
    assert refused(Place(Path("conf"))) == "conf: cannot be read (is a directory)."


def test_an_endless_file_is_not_read_to_its_end() -> None:
    assert refused(Place(Path("/dev/zero"))).startswith("/dev/zero: larger than 1 MiB")


def test_messages_name_the_file_as_it_was_given() -> None:
    Path("sub").mkdir()
    Path("sub/x.toml").write_text("a = 1")
    assert refused(Place(Path("sub/x.toml"))).startswith("sub/x.toml:1: unknown key")


def test_a_secret_from_a_file_others_can_read_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    Path("token").write_text("m" * 8 + "x1y2z3w4")
    Path("token").chmod(0o644)
    load_config(Place(), {"HUB_SERVER__METRICS_TOKEN_FILE": "token"}, keep_secrets=False)
    assert "chmod 600 token" in capsys.readouterr().err
    Path("token").chmod(0o600)
    load_config(Place(), {"HUB_SERVER__METRICS_TOKEN_FILE": "token"}, keep_secrets=False)
    assert capsys.readouterr().err == ""


def test_an_endless_secret_is_refused() -> None:
    assert "larger than 1 MiB" in refused(Place(), {"HUB_SERVER__METRICS_TOKEN_FILE": "/dev/zero"})


def test_weak_secrets_are_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    load_config(Place(options={"auth.secret": "short-one"}), {})
    assert "Warning: -o auth.secret is shorter than 32 bytes." in capsys.readouterr().err


# Places


def test_what_stands_nearer_wins() -> None:
    near = Place(Path("a"), None, {"x": "1"})
    far = Place(Path("b"), Path("d"), {"x": "2", "y": "3"})
    assert near.over(far) == Place(Path("a"), Path("d"), {"x": "1", "y": "3"})


def test_the_data_directory_is_made_for_its_owner_only(working_directory: Path) -> None:
    config = load_config(Place(), {}, keep_secrets=False).config
    directory = data_directory(Place(), config)
    assert directory == working_directory / ".hub"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert data_directory(Place(), config) == directory


def test_a_path_too_long_for_a_socket_is_refused_only_with_the_embedded_database(working_directory: Path) -> None:
    place = Place(data=working_directory / ("d" * 100))
    config = load_config(Place(), {}, keep_secrets=False).config
    with pytest.raises(CommandFailed, match="Choose a shorter one with --data"):
        data_directory(place, config)
    external = load_config(Place(options={"database.url": "postgresql://db/hub"}), {}, keep_secrets=False).config
    assert data_directory(place, external).is_dir()


def test_a_data_directory_that_cannot_be_made(working_directory: Path) -> None:
    Path("file").write_text("")
    config = load_config(Place(), {}, keep_secrets=False).config
    with pytest.raises(CommandFailed, match=r"Cannot make the data directory .*file \(File exists\)"):
        data_directory(Place(data=Path("file")), config)


# Kept secrets


def test_a_made_up_secret_survives(working_directory: Path) -> None:
    first = load_config(Place(), {}).config.auth.secret
    assert load_config(Place(), {}).config.auth.secret == first
    assert len(first[0].reveal()) >= 48
    assert stat.S_IMODE((working_directory / ".hub/secrets.toml").stat().st_mode) == 0o600


def test_checking_keeps_nothing(working_directory: Path) -> None:
    load_config(Place(), {}, keep_secrets=False)
    assert list(working_directory.iterdir()) == []


def test_each_setting_has_its_own() -> None:
    Path("config.toml").write_text("[channels.app]\ntype = 'chat_app'")
    loaded = load_config(Place(), {})
    assert loaded.warnings == ()
    assert len(Path(".hub/secrets.toml").read_text().splitlines()) == 2
    assert load_config(Place(), {}).config == loaded.config


def test_a_file_that_others_can_read_is_closed_to_them() -> None:
    kept = KeptSecrets(Path(".hub/secrets.toml"))
    kept.make_up(("auth", "secret"))
    kept.file.chmod(0o644)
    kept.make_up(("auth", "secret"))
    assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["nonsense", '"auth.secret" = 5', '"auth.secret" = ""', "\udcff"])
def test_a_damaged_file_is_said(content: str) -> None:
    Path("secrets.toml").write_bytes(os.fsencode(content))
    with pytest.raises(CommandFailed, match=r"secrets.toml is damaged. Delete it"):
        KeptSecrets(Path("secrets.toml")).make_up(("auth", "secret"))


def test_two_processes_at_once_agree(working_directory: Path) -> None:
    found: list[str] = []
    kept = KeptSecrets(working_directory / "secrets.toml")
    threads = [threading.Thread(target=lambda: found.append(kept.make_up(("a",)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
