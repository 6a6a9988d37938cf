"""Keys are found on their lines."""

import pytest

from hub.config.lines import line_of, locate

SOURCE = """\
env = "development"   # [not] = a header

[server]
port = 1
"public_url" = ""
tls.cert = "x"

[channels.whatsapp-main] # a comment
note = \"\"\"
[auth]
secret = 1
\"\"\"
[[routing.rules]]
team = "A"
[[routing.rules]]
team = "B"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("env",), 1),
        (("server",), 3),
        (("server", "port"), 4),
        (("server", "public_url"), 5),
        (("server", "tls", "cert"), 6),
        (("channels", "whatsapp-main"), 8),
        (("channels", "whatsapp-main", "note"), 9),
        (("routing", "rules", "0", "team"), 14),
        (("routing", "rules", "1", "team"), 16),
    ],
)
def test_found(path: tuple[str, ...], line: int) -> None:
    assert locate(SOURCE)[path] == line


def test_text_in_a_long_string_is_no_key() -> None:
    assert ("auth",) not in locate(SOURCE)


def test_what_is_not_found_has_the_line_of_its_table() -> None:
    lines = locate(SOURCE)
    assert line_of(("server", "host"), lines) == 3
    assert line_of(("redis", "url"), lines) is None


def test_nonsense_does_no_harm() -> None:
    assert locate("[[[\n]]\n= 5\n[a..b]\n'''") == {("a..b",): 4}
