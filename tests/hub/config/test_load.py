"""From text and environment to a configuration, or to lines that say what, where and what to do."""

import itertools
from decimal import Decimal

import pytest

from hub.config import ChatAppChannel, Config, ConfigError, Loaded, Secret, WhatsAppChannel, load
from hub.config.reference import default_toml
from hub.config.setting import walk

KEY = "Zx8-qLw2_Tn5vRk9.Pd3mYb7cHg1sJf4uA6"

WHATSAPP = """\
[channels.whatsapp-main]
type = "whatsapp"
phone_number_id = "106540352242922"
access_token = "env:WA_TOKEN"
app_secret = ["new-new-new", "old-old-old"]
verify_token = "file:/run/secrets/verify"
"""
FILES = {"/run/secrets/verify": "hello-verify", "/run/secrets/broken": "x\n", "/run/port": "9000\n"}


def read_file(path: str) -> str:
    if path not in FILES:
        raise FileNotFoundError(2, "No such file or directory", path)
    return FILES[path]


def loaded(source: str = "", environ: dict[str, str] | None = None, options: dict[str, str] | None = None) -> Loaded:
    return load(
        source.encode(), environ=environ or {}, options=options or {}, read_file=read_file, make_up=lambda path: KEY
    )


def problems(
    source: str = "", environ: dict[str, str] | None = None, options: dict[str, str] | None = None
) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loaded(source, environ, options)
    return list(caught.value.problems)


def test_nothing_gives_the_defaults() -> None:
    config = loaded().config
    assert (config.server.host, config.server.port) == ("127.0.0.1", 8080)
    assert config.database.embedded
    assert config.ai.approval_over == Decimal("1000.00")
    assert config.outbox.lease == 30.0
    assert config.integrations.ticketing is None


def test_the_default_file_gives_the_defaults() -> None:
    assert load(default_toml().encode(), make_up=lambda path: KEY).config == loaded().config


def test_channels_are_read_by_their_type() -> None:
    config = loaded(WHATSAPP + '[channels.app]\ntype = "chat_app"\n', {"WA_TOKEN": "token-token"}).config
    whatsapp, app = config.channels["whatsapp-main"], config.channels["app"]
    assert isinstance(whatsapp, WhatsAppChannel)
    assert isinstance(app, ChatAppChannel)
    assert whatsapp.access_token == Secret("token-token")
    assert whatsapp.app_secret == (Secret("new-new-new"), Secret("old-old-old"))
    assert whatsapp.verify_token == Secret("hello-verify")
    assert whatsapp.reopen_window == 7 * 86400
    assert app.jwt_secret == (Secret(KEY),)


def test_no_secret_is_in_the_repr() -> None:
    config = loaded(WHATSAPP, {"WA_TOKEN": "token-token"}).config
    assert not any(secret in repr(config) for secret in ("token-token", "new-new", "old-old", "hello-verify", KEY))


def test_rules_are_a_list() -> None:
    config = loaded('[[routing.rules]]\nteam = "A"\n[[routing.rules]]\nteam = "B"\ncontains = ["refund"]').config
    assert [rule.team for rule in config.routing.rules] == ["A", "B"]
    assert config.routing.rules[1].contains == ("refund",)


def test_from_is_a_key_although_python_keeps_the_word() -> None:
    assert loaded('[notify.email]\nfrom = "hub@example.com"').config.notify.email.from_ == "hub@example.com"


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("\n" * 12 + WHATSAPP.replace("app_secret", "app_secrt"), None),
        ("[redsi]\nurl = 1", "config.toml:1: unknown section [redsi]. Did you mean [redis]?"),
        ("envv = 1", 'config.toml:1: unknown key "envv". Did you mean "env"?'),
        ("[server]\n\nport = 'abc'", 'config.toml:3: [server] port = "abc": expected a number from 0 to 65535.'),
        ("[server]\nport = 70000", "config.toml:2: [server] port = 70000: expected a number from 0 to 65535."),
        ("[server]\nport = true", "config.toml:2: [server] port = true: expected a number from 0 to 65535."),
        ("server = 5", "config.toml:1: server: expected a section [server]."),
        ("[server]\nhost = {a = 1}", "config.toml:2: [server] host = a table: expected text."),
        ("[limits]\nconnections = 0", "config.toml:2: [limits] connections = 0: expected a number from 16 to 100000."),
        ("[limits]\nconnections = 1000000000", None),
        ("[timeouts]\nbody = '-3s'", 'config.toml:2: [timeouts] body = "-3s": expected a duration from "1ms" to "10m'),
        ("env = 'prod'", 'config.toml:1: env = "prod": expected one of "development", "production".'),
        ("[database]\nurl = 'mysql://hub:hunter2@db'", None),
        ("[channels.x]\ntype = 'sms'", 'config.toml:2: [channels.x] type = "sms": expected one of "whatsapp", "chat'),
        ("[channels.x]\n", 'config.toml:1: [channels.x] type is missing: expected one of "whatsapp", "chat_app".'),
        ("[routing]\nrules = 3", "config.toml:2: routing.rules: expected tables [[routing.rules]]."),
        ("[[routing.rules]]\ncontains = []", "config.toml:1: [routing.rules.0] team is missing: text."),
        ("[server]\nport = 1\nport = 2", "config.toml:3: not valid TOML: Cannot overwrite a value."),
        ("[server]\nport = 1\nport = 2\n", "config.toml:3:9: not valid TOML: Cannot overwrite a value."),
        ("[server", "config.toml:1: not valid TOML: "),
        ("x = \x00", None),
        ("a = " + "[" * 5000, None),
        ("port = " + "9" * 5000, None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(source: str, line: str | None) -> None:
    found = problems(source, {"WA_TOKEN": "token-token"})
    assert len([p for p in found if "app_secret is missing" not in p]) == 1
    assert "\n" not in found[0]
    assert found[0].startswith(line or "config.toml:") or (line is None and found[0].startswith("config.toml: nested"))
    assert "hunter2" not in found[0]
    assert len(found[0]) < 300


def test_the_line_of_a_key_that_is_nearly_right() -> None:
    source = "\n" * 13 + "[auth]\nsecrt = 'x'"
    assert problems(source) == ['config.toml:15: [auth] unknown key "secrt". Did you mean "secret"?']


def test_all_problems_are_told_at_once() -> None:
    assert len(problems("[server]\nport = 'a'\nhosst = 1\n[media]\nmax_bytes = -1")) == 3


def test_bytes_that_are_no_text() -> None:
    for source, line in [
        (b"\xef\xbb\xbfenv = 'development'", "config.toml:1:1: begins with a byte order mark"),
        (b"env = 1\nx = '\xff'", "config.toml:2:6: not UTF-8."),
        (b"#" * (1024 * 1024 + 1), "config.toml: larger than 1 MiB"),
    ]:
        with pytest.raises(ConfigError, match=line):
            load(source)


# Environment and options


def test_the_environment_overrides_the_file_and_options_both() -> None:
    source, environ, options = "[server]\nport = 1", {"HUB_SERVER__PORT": "2"}, {"server.port": "3"}
    assert loaded(source).config.server.port == 1
    assert loaded(source, environ).config.server.port == 2
    assert loaded(source, environ, options).config.server.port == 3


def test_every_kind_can_come_from_the_environment() -> None:
    environ = {
        "HUB_ENV": "development",
        "HUB_OUTBOX__LEASE": "500ms",
        "HUB_MEDIA__MAX_BYTES": "1MiB",
        "HUB_AI__APPROVAL_OVER": "5.00",
        "HUB_DATABASE__ALLOW_EMBEDDED": "true",
        "HUB_SERVER__TRUSTED_PROXIES": "10.0.0.0/8, 192.168.0.0/16",
        "HUB_NOTIFY__EMAIL__FROM": "hub@example.com",
        "HUB_AUTH__SECRET": '["new", "old"]',
    }
    config = loaded("", environ).config
    assert config.outbox.lease == 0.5
    assert config.media.max_bytes == 1024**2
    assert config.ai.approval_over == Decimal(5)
    assert config.database.allow_embedded
    assert config.server.trusted_proxies == ("10.0.0.0/8", "192.168.0.0/16")
    assert config.notify.email.from_ == "hub@example.com"
    assert config.auth.secret == (Secret("new"), Secret("old"))


def test_a_channel_is_reached_with_underscores() -> None:
    environ = {"WA_TOKEN": "t-t-t-t", "HUB_CHANNELS__WHATSAPP_MAIN__APP_SECRET": "from-outside"}
    channel = loaded(WHATSAPP, environ).config.channels["whatsapp-main"]
    assert isinstance(channel, WhatsAppChannel)
    assert channel.app_secret == (Secret("from-outside"),)


def test_a_channel_may_come_from_outside_alone() -> None:
    config = loaded("", {"HUB_CHANNELS__MY_APP__TYPE": "chat_app"}).config
    assert list(config.channels) == ["my-app"]


def test_an_integration_may_come_from_outside_alone() -> None:
    environ = {
        "HUB_INTEGRATIONS__TICKETING__BASE_URL": "http://127.0.0.1:1/",
        "HUB_INTEGRATIONS__TICKETING__API_KEY": "env:THEIR_KEY",
        "THEIR_KEY": "k-k-k-k-k",
    }
    ticketing = loaded("", environ).config.integrations.ticketing
    assert ticketing is not None
    assert (ticketing.base_url, ticketing.api_key.reveal()) == ("http://127.0.0.1:1", "k-k-k-k-k")
    assert ticketing.timeout == 10


def test_a_value_from_a_file() -> None:
    assert loaded("", {"HUB_SERVER__PORT_FILE": "/run/port"}).config.server.port == 9000


def test_an_empty_variable_is_unset() -> None:
    assert loaded("[server]\nport = 7", {"HUB_SERVER__PORT": "", "HUB_NONSENSE": ""}).config.server.port == 7


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"HUB_PORT": "abc"}, "HUB_PORT is set but no such setting exists. Did you mean HUB_SERVER__PORT?"),
        ({"HUB_REDIS_URL": "x"}, "HUB_REDIS_URL is set but no such setting exists. Did you mean HUB_REDIS__URL?"),
        ({"HUB_SERVER__PORT": "abc"}, 'HUB_SERVER__PORT = "abc": expected a number from 0 to 65535.'),
        ({"HUB_SERVER__PORT": "9" * 5000}, "HUB_SERVER__PORT = "),
        ({"HUB_SERVER__PORT": "1", "HUB_SERVER__PORT_FILE": "/run/port"}, "HUB_SERVER__PORT_FILE and HUB_SERVER__PORT"),
        ({"HUB_SERVER__PORT_FILE": "/nowhere"}, "HUB_SERVER__PORT_FILE: cannot read /nowhere (No such file"),
        ({"HUB_SERVER__METRICS_TOKEN": "env:NOPE"}, "HUB_SERVER__METRICS_TOKEN needs the environment"),
        ({"HUB_SERVER__METRICS_TOKEN": "file:/no"}, "HUB_SERVER__METRICS_TOKEN cannot be read from /no (No such file"),
        ({"HUB_SERVER__METRICS_TOKEN_FILE": "/run/secrets/broken"}, "HUB_SERVER__METRICS_TOKEN_FILE: exp"),
        ({"HUB_DATABASE__URL": "hunter2"}, 'HUB_DATABASE__URL: expected "embedded" or a URL'),
    ],
)  # fmt: skip
def test_a_wrong_variable_is_named(environ: dict[str, str], line: str) -> None:
    found = problems("", environ)
    assert len(found) == 1
    assert found[0].startswith(line)
    assert "hunter2" not in found[0]


def test_a_wrong_option_is_named() -> None:
    assert problems("", options={"server.prot": "1"}) == [
        "-o server.prot: no such setting exists. Did you mean server.port?"
    ]
    assert problems("", options={"server.port": "x"}) == [
        '-o server.port = "x": expected a number from 0 to 65535.'
    ]  # fmt: skip


def test_variables_that_the_file_names_are_not_overrides() -> None:
    source = '[server]\nmetrics_token = "env:HUB_MY_TOKEN"'
    environ = {"HUB_MY_TOKEN": "m-m-m-m", "HUB_AUTH_SECRET": KEY, "HUB_CONFIG": "x.toml", "HUB_DATA": "d"}
    config = loaded(source, environ).config
    assert config.server.metrics_token.reveal() == "m-m-m-m"
    assert config.auth.secret == (Secret(KEY),)


# Where values came from


def test_origins() -> None:
    result = loaded("\n[server]\nhost = '::1'", {"HUB_SERVER__PORT": "1"}, {"media.dir": "m"})
    assert result.origins["server", "host"] == "config.toml:3"
    assert result.origins["server", "port"] == "HUB_SERVER__PORT"
    assert result.origins["media", "dir"] == "-o media.dir"
    assert result.origins["redis", "url"] == "default"
    assert result.origins["auth", "secret"] == "generated"
    assert {path for path, _, _ in walk(result.config)} <= set(result.origins)


# Generated secrets


def test_development_makes_up_a_missing_secret() -> None:
    made: list[tuple[str, ...]] = []
    result = load(b"[channels.app]\ntype = 'chat_app'", make_up=lambda path: made.append(path) or KEY)  # type: ignore[func-returns-value]
    assert result.config.auth.secret == (Secret(KEY),)
    assert made == [("auth", "secret"), ("channels", "app", "jwt_secret")]


def test_production_does_not() -> None:
    found = problems("env = 'production'")
    assert found == ["[auth] secret needs the environment variable HUB_AUTH_SECRET, which is not set."]


def test_only_what_may_be_made_up_is() -> None:
    found = problems(WHATSAPP)
    where = "config.toml:4: [channels.whatsapp-main] access_token"
    assert found == [f"{where} needs the environment variable WA_TOKEN, which is not set."]


def test_a_short_secret_is_a_warning_in_development() -> None:
    result = loaded("[auth]\nsecret = 'short-one'")
    assert result.warnings[0].startswith("config.toml:2: [auth] secret is shorter than 32 bytes.")


# Total: whatever it is given, it answers with a configuration or a ConfigError


@pytest.mark.parametrize("section", sorted({path[0] for path, _, _ in walk(loaded().config) if len(path) > 1}))
def test_every_key_refuses_every_wrong_type(section: str) -> None:
    paths = [path for path, _, _ in walk(loaded().config) if path[0] == section]
    for path, wrong in itertools.product(paths, ("[[]]", "{ a = [] }", "1979-05-27", "nan", "1e400")):
        source = f"[{'.'.join(path[:-1])}]\n{path[-1]} = {wrong}\n"
        found = problems(source)
        assert len(found) == 1, source
        assert found[0].startswith("config.toml:2: [")


def test_the_class_alone_holds_no_secret() -> None:
    assert Config().auth.secret == ()
