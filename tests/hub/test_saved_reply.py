"""What a saved reply leaves open."""

import pytest

from hub.errors import Invalid
from hub.saved_reply import VARIABLES, check_text, same_shortcut, variables


def test_variables_are_listed_once_in_the_order_they_come() -> None:
    text = "Hi {{customer.name}}, {{ agent.name }} here. Bye {{customer.name}}! { } {{"
    assert variables(text) == ("customer.name", "agent.name")
    check_text(text)
    check_text(" ".join(f"{{{{{name}}}}}" for name in VARIABLES))


@pytest.mark.parametrize("text", ["{{customer.password}}", "Hi {{}}", "{{ customer name }}"])
def test_what_nobody_can_fill_in_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        check_text(text)


def test_spellings_of_a_shortcut_are_one() -> None:
    assert same_shortcut("Ola\u0301") == same_shortcut("OLÁ")
