"""Forgetting in portions: short commits that hold nobody up, and a bound on how much one round does."""

from collections.abc import Awaitable, Callable

PORTION = 1_000
"""Rows of one kind forgotten in one commit."""

ROUNDS = 100
"""Commits of one kind in one round of pruning; what is left is forgotten in the next."""


async def in_portions(forget: Callable[[int], Awaitable[int]]) -> int:
    """Forgets until less than a portion is found; `forget` is told how many rows at most, and answers how many it
    were. Answers how many were forgotten."""
    count = 0
    for _ in range(ROUNDS):
        portion = await forget(PORTION)
        count += portion
        if portion < PORTION:
            break
    return count
