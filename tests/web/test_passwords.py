"""Hashing, comparing, and the rules for new passwords."""

import asyncio
import threading
import time

import pytest

from hub.errors import Invalid, Overloaded
from web import passwords
from web.passwords import LONGEST, Passwords, check_new


async def test_the_right_one_matches() -> None:
    hasher = Passwords(memory_kib=8)
    encoded = await hasher.hash("grüße aus köln")
    assert encoded.startswith("$argon2id$")
    assert await hasher.matches(encoded, "grüße aus köln")
    assert not await hasher.matches(encoded, "grusse aus koln")
    assert not await hasher.matches("no hash at all", "x")
    assert not await hasher.matches(None, "nobody has this password")
    assert not await hasher.matches(encoded, "x" * 1_000_000)


async def test_nobody_costs_as_much_as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Passwords(memory_kib=8)
    compared: list[str] = []
    monkeypatch.setattr(hasher, "_verify", lambda encoded, word: compared.append(encoded))
    await hasher.matches(None, "x")
    monkeypatch.undo()
    assert not await hasher.matches(None, "x")
    costs = (await hasher.hash("x")).rsplit("$", 2)[0]
    assert compared[0].rsplit("$", 2)[0] == costs
    assert not hasher.outdated(compared[0])


async def test_a_hash_of_other_costs_is_outdated() -> None:
    encoded = await Passwords(memory_kib=8).hash("some password")
    assert not Passwords(memory_kib=8).outdated(encoded)
    assert Passwords(memory_kib=16).outdated(encoded)


async def test_few_hash_at_once_and_not_on_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher, together, most = Passwords(threads=2, memory_kib=8), 0, 0
    lock, both = threading.Lock(), threading.Barrier(2, timeout=10)

    def slow(_encoded: str, _password: str) -> bool:
        nonlocal together, most
        assert threading.current_thread() is not threading.main_thread()
        with lock:
            together += 1
            most = max(most, together)
        time.sleep(0.05)  # so that a third one would be seen
        both.wait()
        with lock:
            together -= 1
        return True

    monkeypatch.setattr(hasher, "_verify", slow)
    await asyncio.gather(*(hasher.matches("x", "y") for _ in range(6)))
    assert most == 2


async def test_what_is_longer_than_any_password_is_not_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = Passwords(memory_kib=8)
    encoded = await hasher.hash("x" * LONGEST)
    hashed: list[int] = []
    monkeypatch.setattr(hasher, "_verify", lambda _encoded, password: hashed.append(len(password)))
    await hasher.matches(encoded, "x" * LONGEST)
    assert not await hasher.matches(encoded, "x" * (LONGEST + 1))
    assert hashed == [LONGEST]


async def test_too_many_at_the_door_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MOST_WAITING", 3)
    hasher = Passwords(memory_kib=8)
    outcomes = await asyncio.gather(*(hasher.hash("x") for _ in range(5)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(Overloaded) == 2
    assert await hasher.hash("x")


@pytest.mark.parametrize(
    "word", ["", "short", "x" * 1025, "PassWord123", "aaaaaaaaaaaa", "Ana@example.com", "qwertyuiop"]
)
def test_passwords_that_will_not_do(word: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_new(word, about=("ana@example.com",))
    assert caught.value.errors[0]["path"] == "$.password"


@pytest.mark.parametrize("word", ["eight ch", "correct horse", "abcd" * 256, "пароль мой"])
def test_passwords_that_will(word: str) -> None:
    check_new(word)
