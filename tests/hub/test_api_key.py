"""The form of a key's secret, and what each scope may do."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from hub.api_key import NOISE, ApiKey, Presented, Scope, digest, presented, secret
from hub.rights import RIGHTS, Permission, Role

ID = UUID("0190b5a4-0000-7000-8000-0000000000ff")


def key(scope: Scope, permissions: frozenset[Permission] | None = None) -> ApiKey:
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    return ApiKey(
        id=uuid4(), name="Import", scope=scope, permissions=permissions, created_by=None, created_at=moment,
        expires_at=None, last_used_at=None, revoked_at=None,
    )  # fmt: skip


@pytest.mark.parametrize("scope", Scope)
def test_a_secret_says_what_it_is_of(scope: Scope) -> None:
    text = secret(scope, ID, bytes(range(NOISE)))
    assert text.startswith(f"hub_{scope}_{ID.hex}_")
    assert presented(text) == Presented(scope, ID)
    assert len(digest(text)) == 32
    assert digest(text) != digest(secret(scope, ID, bytes(NOISE)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hub_api_",
        "eyJhbGciOiJIUzI1NiJ9.e30.x",
        f"hub_root_{ID.hex}_{'0' * 2 * NOISE}",
        f"hub_api_{ID}_{'0' * 2 * NOISE}",
        f"hub_api_{ID.hex}_{'0' * (2 * NOISE - 1)}",
        f"hub_api_{ID.hex}_{'0' * 2 * NOISE} ",
        f"hub_api_{ID.hex}_{'0' * 2 * NOISE}\n",
    ],
)
def test_anything_else_is_no_secret(text: str) -> None:
    assert presented(text) is None


def test_only_the_scope_api_may_anything_under_the_api() -> None:
    assert key(Scope.API).rights == RIGHTS[Role.SERVICE]
    assert key(Scope.CHAT_APP).rights == key(Scope.AI).rights == frozenset()


def test_a_key_is_narrowed_and_never_widened() -> None:
    wanted = frozenset({Permission.SEARCH_USE, Permission.USERS_MANAGE})
    assert key(Scope.API, wanted).rights == {Permission.SEARCH_USE}
    assert key(Scope.API, frozenset()).rights == frozenset()
