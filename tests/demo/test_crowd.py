"""The crowd: people who could be real, each once."""

import re

from hub.demo.crowd import COUNTRIES, crowd
from hub.demo.people import PEOPLE
from hub.demo.stories import STORIES


def test_the_same_seed_gives_the_same_people() -> None:
    assert crowd(40, 7) == crowd(40, 7)
    assert crowd(40, 7) != crowd(40, 8)


def test_nobody_twice() -> None:
    everybody = [*crowd(300, 3), *PEOPLE]
    assert len({person.name for person in everybody}) == len(everybody)
    assert len({person.number for person in everybody}) == len(everybody)


def test_a_number_belongs_to_its_country_and_a_story_to_its_language() -> None:
    by_code = {country.code: country for country in COUNTRIES}
    for person in crowd(300, 5):
        country = by_code[person.country]
        assert person.number.startswith(country.prefixes)
        assert re.fullmatch(r"\d{11,13}", person.number)
        assert person.stories[0] in country.stories
    assert {story for country in COUNTRIES for story in country.stories} == set(STORIES)
