"""The part in which the hub is killed while money moves, as short as it gets: everything in it is real."""

import tempfile
from pathlib import Path

import pytest
from attrs import evolve

from hub.bench.cases.money import CUSTOMERS, measure
from hub.bench.catalogue import catalogue
from hub.bench.samples import Samples
from hub.bench.scale import QUICK
from hub.bench.stage import prepared

NEVER = ("twice", "unasked", "above", "apart", "unsettled", "breaks")


@pytest.fixture
def short_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary directories have short names, so that the path of a socket in one fits."""
    monkeypatch.setattr(tempfile, "tempdir", str(Path("/tmp")))


@pytest.mark.timeout(180)
@pytest.mark.usefixtures("short_path")
async def test_the_hub_is_killed_and_each_figure_of_the_catalogue_is_measured() -> None:
    samples, told = Samples(), list[str]()
    async with prepared(evolve(QUICK, chaos_seconds=0.5), samples, told.append) as stage:
        await measure(stage)
    found = {key.removeprefix("hub.gateway.money."): values for key, values in samples.values.items()}
    figures = [figure.key for figure in catalogue(QUICK)["gateway"] if ".money." in figure.key]
    assert sorted(samples.values) == sorted(figures)
    assert {name: found[name] for name in NEVER} == {name: [0] for name in NEVER}
    assert found["kills"] == [1]
    assert found["begun"][0] >= CUSTOMERS
