"""Stories: each can be told to its end."""

import pytest

from hub.demo.stories import STORIES, TRANSFER, Story, told_by


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.opening[0][:12])
def test_there_is_an_answer_before_each_spoken_reply_and_before_the_farewell(story: Story) -> None:
    spoken = [line for line in story.replies if not line.startswith("<")]
    assert len(story.answers) == len(spoken) + 1
    assert all([*story.opening, *story.answers, story.detail, story.farewell])


def test_a_story_is_known_by_its_first_words() -> None:
    assert [told_by(story.opening[0]) for story in STORIES] == list(STORIES)
    assert told_by("Something else entirely") is TRANSFER
