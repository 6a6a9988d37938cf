"""The world's constants: who the business is, how fast things happen, how much is allowed."""

from attrs import frozen


@frozen
class Account:
    """The business as Meta knows it. `display_phone_number` is digits; its country code is `country_code`."""

    phone_number_id: str
    waba_id: str
    display_phone_number: str = "15550783881"
    country_code: str = "1"
    verified_name: str = "Hub Demo"
    country: str = "BR"


@frozen
class Timings:
    """Real seconds. A pair is the range from which each delay is drawn. In life `sent` takes 0.1-1 s and `delivered`
    0.3-3 s; the defaults are ten times faster, for tests.

    A webhook that was not answered with 200 is tried again at once, then after `retry_first`, doubling up to
    `retry_ceiling`, and given up after `retry_give_up`, which stands for the seven days of Meta's page "Webhooks".
    """

    sent: tuple[float, float] = (0.01, 0.05)
    delivered: tuple[float, float] = (0.03, 0.15)
    read: tuple[float, float] = (0.0, 0.0)
    webhook_timeout: float = 10.0
    retry_first: float = 0.05
    retry_ceiling: float = 2.0
    retry_give_up: float = 600.0
    batch_window: float = 0.05
    """How long updates are collected when batching or shuffling is asked for."""


@frozen
class Limits:
    """Meta's throughput limits (page "Throughput" and error 131056). `None` switches a limit off."""

    messages_per_second: float | None = 80.0
    pair_interval: float | None = 6.0
    """Seconds per message to one customer, on average; ..."""
    pair_burst: int = 45
    """... of which this many may be sent ahead."""


@frozen
class Habits:
    """Choices where Meta's behaviour varies."""

    refuse_closed_window: bool = False
    """True: free-form outside the window is refused at once (131047) instead of accepted and failed later."""
    prepend_country: bool = True
    """Meta's page "Send messages": a `to` without `+` gets the business's own country code put before it."""
    announce_media_url: bool = True
    """Webhooks of media carry a `url` valid for 5 minutes, as since November 2025."""
    contacts_on_failures: bool = False
    """True: `failed` statuses carry `contacts` too, as recordings from before user ids do."""
    delivered_before_read: bool = True
    """False: a message read at once is reported `read` without a `delivered` before it."""
