"""Callers."""

from uuid import UUID

from hub.ai.session import ALL, AiCaller, AiScope

KEY = UUID(int=7)


def test_two_sessions_of_one_key_are_one_principal() -> None:
    first, second = AiCaller(KEY, "1a"), AiCaller(KEY, "2b", frozenset({AiScope.READ}), UUID(int=1), 0)
    assert first.key == second.key == f"ai:{KEY}"
    assert first.scopes == ALL
