"""What a request makes has one name, however often it is run."""

from datetime import UTC, datetime, timedelta

from hub.idempotency import Claim

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def test_every_run_of_a_request_names_its_effect_alike() -> None:
    first, again = Claim("user:1", "key", NOW), Claim("user:1", "key", NOW + timedelta(minutes=2))
    assert first.effect_id == again.effect_id


def test_no_other_principal_or_key_has_that_name() -> None:
    names = [("user:1", "2"), ("user:1", "3"), ("user:2", "2"), ("user:12", "")]
    claims = [Claim(scope, key, NOW) for scope, key in names]
    assert len({claim.effect_id for claim in claims}) == len(claims)
