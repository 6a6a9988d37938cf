import pytest

from actors.kernel import errors

PHONE = "+4915112345678"


@pytest.mark.parametrize(
    "error",
    [
        errors.MailboxFull("customer", PHONE, 200),
        errors.Blocked("customer", PHONE, 2.0),
        errors.AskTimeout("customer"),
        errors.AskCycle(["customer", "conversation"]),
        errors.ActorFailed("customer"),
    ],
)
def test_an_error_names_the_kind_and_never_the_key(error: errors.KernelError) -> None:
    assert "customer" in str(error)
    assert PHONE not in str(error)
    assert PHONE not in repr(error)


def test_whoever_waits_for_a_timeout_sees_one() -> None:
    with pytest.raises(TimeoutError):
        raise errors.AskTimeout("customer")


def test_what_a_sender_needs_to_answer_for_it_is_there() -> None:
    blocked, full = errors.Blocked("k", 1, 2.5), errors.MailboxFull("k", 1, 200)
    assert (blocked.key, blocked.retry_after, full.limit) == (1, 2.5, 200)
