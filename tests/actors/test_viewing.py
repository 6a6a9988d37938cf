"""Who looks where."""

from actors.viewing import TYPING_LASTS, ViewingBoard
from hub.ids import uuid7

HERE, THERE, ANA, BEN = (uuid7() for _ in range(4))


def names(board: ViewingBoard, **given: object) -> list[str]:
    return [looker["name"] for looker in board.of(HERE, **given)]  # type: ignore[arg-type]


def test_a_person_is_there_until_the_last_screen_turns_away() -> None:
    board = ViewingBoard()
    board.looks(HERE, ANA, "Ana")
    board.looks(HERE, ANA, "Ana")
    board.looks(HERE, BEN, "Ben")
    assert (names(board), names(board, but=ANA), board.of(THERE)) == (["Ana", "Ben"], ["Ben"], [])
    assert not board.turns_away(HERE, ANA)
    assert names(board) == ["Ana", "Ben"]
    assert board.turns_away(HERE, ANA)
    assert names(board) == ["Ben"]
    assert board.turns_away(HERE, BEN)
    assert len(board) == 0
    assert board.turns_away(HERE, BEN)


def test_typing_lasts_a_moment_and_counts_for_who_looks() -> None:
    now = [0.0]
    board = ViewingBoard(clock=lambda: now[0])
    board.types(HERE, ANA)
    assert len(board) == 0
    board.looks(HERE, ANA, "Ana")
    board.types(HERE, ANA)
    now[0] = TYPING_LASTS - 0.1
    assert [looker["typing"] for looker in board.of(HERE)] == [True]
    now[0] = TYPING_LASTS
    assert [looker["typing"] for looker in board.of(HERE)] == [False]
