"""The doors through which people and programs come and are looked after: signing in, users, teams, keys."""

from collections.abc import Callable
from datetime import datetime

from attrs import frozen

from hub.api_key import ApiKeys
from hub.config import Config
from hub.sign_in import Attempts, SignIns
from hub.team import Teams
from hub.user import Users
from web import keys
from web.accounts import Accounts
from web.address import Addresses
from web.api_key import ApiKeyDoors
from web.auth import Auth
from web.cookie import Cookie
from web.cursors import Cursors
from web.key_access import KeyAccess
from web.passwords import Passwords
from web.routes import Route
from web.sign_in import SignInDoors
from web.team import TeamDoors
from web.tokens import AccessTokens, RefreshTokens
from web.user import UserDoors


@frozen
class People:
    """What these doors stand on."""

    config: Config
    users: Users
    teams: Teams
    sign_ins: SignIns
    attempts: Attempts
    accounts: Accounts
    access: AccessTokens
    api_keys: ApiKeys
    key_access: KeyAccess
    cursors: Cursors
    clock: Callable[[], datetime]

    def routes(self) -> list[Route]:
        """All of them."""
        config = self.config
        addresses, passwords = Addresses(config.server.trusted_proxies), Passwords(config.auth.hashing)
        secrets = [secret.reveal() for secret in config.auth.secret]
        auth = Auth(
            users=self.users,
            sign_ins=self.sign_ins,
            attempts=self.attempts,
            accounts=self.accounts,
            passwords=passwords,
            access=self.access,
            refreshing=RefreshTokens(keys.ring(secrets, "refresh token")),
            cookie=Cookie.of(config),
            addresses=addresses,
        )
        users = UserDoors(
            self.users, self.attempts, self.accounts, passwords, self.cursors, addresses, config.auth.password_min
        )
        return [
            *auth.routes(),
            *SignInDoors(self.sign_ins, self.accounts).routes(),
            *users.routes(),
            *TeamDoors(self.teams, self.accounts, self.cursors).routes(),
            *ApiKeyDoors(self.api_keys, self.key_access, self.cursors, self.clock).routes(),
        ]
