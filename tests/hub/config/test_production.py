"""Production refuses what would let others in."""

import pytest

from hub.config import ConfigError, load
from hub.config.production import is_loopback

KEYS = [f"{letter}x8-qLw2_Tn5vRk9.Pd3mYb7cHg1sJf4uA6" for letter in "ABCDEF"]

GOOD = f"""\
env = "production"
[server]
public_url = "https://hub.example.com"
metrics_token = "{KEYS[4]}"
[database]
url = "postgresql://hub:pw@db/hub"
[auth]
secret = "{KEYS[0]}"
[channels.app]
type = "chat_app"
jwt_secret = "{KEYS[1]}"
allowed_origins = ["https://shop.example.com"]
[channels.wa]
type = "whatsapp"
phone_number_id = "1"
access_token = "{KEYS[2]}"
app_secret = "{KEYS[3]}"
verify_token = "{KEYS[5]}"
"""


def refused(old: str, new: str) -> list[str]:
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        load(GOOD.replace(old, new).encode(), make_up=lambda path: KEYS[0])
    return list(caught.value.problems)


def test_a_good_one_is_accepted() -> None:
    assert load(GOOD.encode()).config.production


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (KEYS[0], "changeme", "config.toml:8: [auth] secret is one that everybody tries first."),
        (KEYS[0], "a" * 40, "config.toml:8: [auth] secret repeats the same few characters."),
        (KEYS[0], KEYS[0][:31], "config.toml:8: [auth] secret is shorter than 32 bytes."),
        (KEYS[1], KEYS[0], "config.toml:11: [channels.app] jwt_secret is the same as [auth] secret."),
        (KEYS[4], "metrics", "config.toml:4: [server] metrics_token is shorter than 16 bytes."),
        (KEYS[5], "verify", "config.toml:18: [channels.wa] verify_token is one that everybody"),
        ("https://hub", "http://hub", "config.toml:3: [server] public_url must be the https:// address"),
        ("[database]", 'trusted_proxies = ["0.0.0.0/0"]\n[database]', "config.toml:5: [server] trusted_proxies would"),
        ("https://shop.example.com", "*", 'config.toml:12: [channels.app] allowed_origins has "*"'),
        ("postgresql://hub:pw@db/hub", "embedded", 'config.toml:6: [database] url = "embedded": name a PostgreSQL'),
        (
            'phone_number_id = "1"',
            'phone_number_id = "1"\ngraph_url = "http://graph.example.com"',
            "config.toml:16: [channels.wa] graph_url must be https://",
        ),
        (
            "[database]",
            '[notify.email]\nsmtp_url = "smtps://mail.example.com"\n[database]',
            "[notify.email] from must be the address",
        ),
    ],
)
def test_refused(old: str, new: str, line: str) -> None:
    found = refused(old, new)
    assert len(found) == 1
    assert found[0].startswith(line)
    assert found[0].endswith('(env = "production")')


def test_the_embedded_database_may_be_allowed() -> None:
    source = GOOD.replace('"postgresql://hub:pw@db/hub"', '"embedded"\nallow_embedded = true')
    assert load(source.encode()).config.database.embedded


def test_two_numbers_may_share_the_app_secret() -> None:
    second = GOOD[GOOD.index("[channels.wa]") :].replace("channels.wa", "channels.wb")
    assert len(load((GOOD + second).encode()).config.channels) == 3


def test_the_variable_is_named_when_it_came_from_there() -> None:
    with pytest.raises(ConfigError, match="HUB_AUTH__SECRET is shorter"):
        load(GOOD.encode(), environ={"HUB_AUTH__SECRET": "short-one"})


def test_no_secret_is_in_a_refusal() -> None:
    assert "pass-phrase" not in "".join(refused(KEYS[0], "pass-phrase"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:9", True),
        ("http://[::1]/x", True),
        ("http://localhost", True),
        ("http://10.0.0.1", False),
        ("http://localhost.example.com", False),
        ("embedded", False),
    ],
)
def test_loopback(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected
