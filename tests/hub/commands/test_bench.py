"""`hub bench`: its arguments; and the real thing, small, with the hub and the bare server as processes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hub.bench import run
from hub.bench.crowd import Lost
from hub.bench.report import Report
from hub.bench.samples import Spread
from hub.bench.scale import Scale
from hub.bench.stage import Stage
from hub.commands.bench import ALIASES, CASES, bench
from tests.hub.commands.conftest import Run

Asked = list[tuple[list[str], Scale]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What was asked to be measured; nothing is."""
    calls: Asked = []

    async def note(cases: list[str], scale: Scale, talk: object) -> Report:
        calls.append((cases, scale))
        return Report({"cores": 2}, scale, {}, {"hub.x": Spread(1, 1, 1)}, {}, 0.1)

    monkeypatch.setattr(run, "run", note)
    return calls


def test_the_cases_are_those_that_can_be_run() -> None:
    assert tuple(run.CASES) == CASES
    assert set(ALIASES.values()) <= set(CASES)


@pytest.mark.parametrize(
    ("arguments", "cases"),
    [
        ([], list(CASES)),
        (["all"], list(CASES)),
        (["kernel", "all"], list(CASES)),
        (["ingest"], ["inbound"]),
        (["send", "inbound", "ingest"], ["inbound", "outbound"]),
        (["fan-out"], ["fanout"]),
    ],
)
def test_cases_run_once_and_in_order(arguments: list[str], cases: list[str], asked: Asked) -> None:
    done = CliRunner().invoke(bench, [*arguments, "--quick"])
    assert done.exit_code == 0, done.output
    assert [found for found, _ in asked] == [cases]


def test_seconds_and_quick_choose_the_scale(asked: Asked) -> None:
    CliRunner().invoke(bench, ["kernel", "--seconds", "0.5"])
    CliRunner().invoke(bench, ["kernel", "--quick"])
    assert [(scale.seconds, scale.repetitions) for _, scale in asked] == [(0.5, 3), (2.0, 1)]


@pytest.mark.parametrize("arguments", [["nothing"], ["--seconds", "0"], ["--seconds", "x"]])
def test_nonsense_is_a_usage_error(arguments: list[str], asked: Asked) -> None:
    done = CliRunner().invoke(bench, arguments)
    assert done.exit_code == 2
    assert asked == []


def test_every_case_is_named_in_the_help() -> None:
    help_text = bench.get_help(click.Context(bench))
    assert all(case in help_text for case in CASES)


def test_a_case_that_fails_is_told_and_the_others_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lose(stage: object) -> None:
        raise Lost("3 deliveries are missing")

    async def measure(stage: Stage) -> None:
        stage.samples.add("hub.cold.external", 0.5)

    monkeypatch.setitem(run.CASES, "inbound", lose)
    monkeypatch.setitem(run.CASES, "cold", measure)
    done = CliRunner().invoke(bench, ["inbound", "cold", "--quick", "--json"], standalone_mode=False)
    assert done.return_value == 1
    assert "inbound failed: 3 deliveries are missing" in done.stderr
    found = json.loads(done.stdout)
    assert found["failures"] == {"inbound": "3 deliveries are missing"}
    assert [figure["median"] for figure in found["figures"]] == [0.5]


@pytest.mark.timeout(240)
def test_a_quick_measurement_loses_nothing_and_reports(hub: Run) -> None:
    done = hub("bench", "inbound", "fanout", "--quick", "--seconds", "0.5", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    figures = {figure["key"]: figure for figure in found["figures"]}
    assert found["scale"]["repetitions"] == 1
    assert {figure["case"] for figure in found["figures"]} == {"inbound", "fanout"}
    for key in ("inbound.known.rate", "inbound.new.rate", "fanout.50.ws.bursts", "fanout.50.sse.last.p50"):
        assert figures[f"hub.{key}"]["median"] > 0, key
        assert figures[f"hub.{key}"]["limit"] > 0, key


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A short-named directory for temporary ones: the path of a socket in it has to fit."""
    directory = Path(tempfile.mkdtemp(dir="/tmp"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


def _hears_interrupts() -> None:
    """A shell starts what runs in its background deaf to SIGINT, and so do this suite's own processes then."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing_behind(temporary: Path, number: int) -> None:
    command = [sys.executable, "-m", "hub", "bench", "limits", "--quick", "--seconds", "60"]
    environ = {**os.environ, "TMPDIR": str(temporary)}
    process = subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_hears_interrupts
    )
    end = time.monotonic() + 60
    while not list(temporary.glob("hub-bench-*/bare.log")) and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(number)
    printed, said = process.communicate(timeout=100)
    assert (process.returncode, printed) == (130, ""), said
    assert "Traceback" not in said
    assert list(temporary.glob("hub-bench-*")) == []
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(temporary) not in running
