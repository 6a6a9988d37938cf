"""The frame of the server's own pages."""

import base64
import hashlib
import re

from web import html


def test_the_policy_allows_exactly_the_style() -> None:
    content = html.render("A <title>", "<p>body</p>")
    style = re.search(rb"<style>(.*)</style>", content, re.DOTALL)
    assert style is not None
    expected = base64.b64encode(hashlib.sha256(style[1]).digest()).decode()
    answer = html.page(content, 503)
    assert f"style-src 'sha256-{expected}'" in answer.headers["Content-Security-Policy"]
    assert answer.status == 503
    assert b"<title>A &lt;title&gt;</title>" in content


def test_a_table_without_rows_is_nothing() -> None:
    assert html.table(("A",), []) == ""
    assert (
        html.table(("A", "B"), [("1", "2")])
        == "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>"
    )
