"""Every code is explained, on the server and in the docs."""

from pathlib import Path

from tests.web.conftest import OpenDoors
from web.problem_pages import ADVICE, ProblemPages, known, markdown
from web.problems import STATUS


def test_every_code_has_advice() -> None:
    assert ADVICE.keys() == STATUS.keys() == known().keys()


def test_the_docs_hold_the_table() -> None:
    written = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
    assert written == markdown(), "run: python -m web.problem_pages > docs/errors.md"


async def test_every_type_leads_to_a_page(open_doors: OpenDoors) -> None:
    client = await open_doors(*ProblemPages().routes())
    overview = await (await client.get("/problems")).text()
    for code in STATUS:
        answer = await client.get(f"/problems/{code}")
        assert answer.status == 200
        assert code in await answer.text()
        assert f'href="/problems/{code}"' in overview
    assert (await client.get("/problems/unknown")).status == 404
    assert (await client.get("/problems/%3Cscript%3E")).status == 404
