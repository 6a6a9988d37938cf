"""On whose behalf a back end is called, and what a read brings back."""

from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar
from uuid import UUID

from attrs import frozen

T_co = TypeVar("T_co", covariant=True)


class Integration(StrEnum):
    """The back ends that a hub can have, by their names in the configuration and in `/api/v1/integrations`."""

    TICKETING = "ticketing"
    TRANSACTION_STATUS = "transaction_status"
    TRANSACTION_CREATE = "transaction_create"


@frozen
class Call:
    """Who calls and why, for the audit and the logs. `id` is the caller's: a tool call's, or a request's.

    `principal` names a person, program or part of the hub (`user:…`, `ai:…`, `hub`), never a customer.
    """

    id: UUID
    principal: str
    conversation_id: UUID | None = None


@frozen
class Fetched(Generic[T_co]):
    """What a back end said, and when. `cached`: it was not asked again. `stale`: nor could it be, its circuit is open,
    and the copy is older than copies are usually shown."""

    value: T_co
    as_of: datetime
    cached: bool = False
    stale: bool = False
