"""`hub demo`: what its options mean. What then runs is tested with `demo_world`."""

import contextlib
from pathlib import Path

import click
import pytest

from hub.commands.demo import MOST, _data, _per_minute
from hub.commands.files import Place
from storage import embedded
from tests.hub.commands.conftest import Call


@pytest.mark.parametrize(("rate", "number"), [("30/min", 30.0), ("0.5", 0.5), ("6", 6.0), (f"{MOST}/min", MOST)])
def test_rates(rate: str, number: float) -> None:
    assert _per_minute(rate) == number


@pytest.mark.parametrize("rate", ["", "often", "0/min", "-1", "5/h", "inf", "nan", f"{MOST + 1}/min"])
def test_what_is_no_rate(rate: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a rate such as 30/min"):
        _per_minute(rate)


@pytest.mark.parametrize("asked", [["--rate", "often"], ["--port", "65535"], ["--port", "x"], ["--seed", "x"]])
def test_a_usage_error_starts_nothing(call: Call, tmp_path: Path, asked: list[str]) -> None:
    refused = call("demo", *asked, "--data", str(tmp_path / "data"))
    assert (refused.code, refused.out) == (2, "")
    assert not (tmp_path / "data" / "pg").exists()


def test_what_is_kept_is_kept(tmp_path: Path) -> None:
    wanted = tmp_path / "data"
    with _data(Place(data=wanted), ephemeral=False) as data:
        assert data == wanted
        assert data.stat().st_mode & 0o777 == 0o700
    assert data.exists()


def test_what_is_ephemeral_goes_with_its_database(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[Path] = []
    monkeypatch.setattr(embedded, "stop", stopped.append)
    with contextlib.suppress(ZeroDivisionError), _data(Place(), ephemeral=True) as data:
        assert data.exists()
        raise ZeroDivisionError
    assert (stopped, data.exists()) == ([data], False)
