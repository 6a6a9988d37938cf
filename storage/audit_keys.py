"""The keys of the audit, kept as files: what is in the database can neither be signed anew nor led back to a customer
by whoever has only the database.

`signing.pem` holds the Ed25519 key that signs checkpoints (PKCS #8), `pseudonyms.key` 32 random bytes. Missing ones are
made. Without `pseudonyms.key` nobody can tell any more whom a pseudonym stood for.
"""

import contextlib
import errno
import hashlib
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import field, frozen
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

SIGNING, PSEUDONYMS = "signing.pem", "pseudonyms.key"
_BYTES = 32


def key_id(public: Ed25519PublicKey) -> str:
    """By which a key is named in checkpoints: the beginning of its hash."""
    return hashlib.sha256(_raw(public)).hexdigest()[:16]


def _raw(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def public_key(text: str) -> Ed25519PublicKey:
    """A public key as `AuditKeys.public` writes it."""
    return Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(text + "="))


@frozen
class AuditKeys:
    """The keys of this replica, and the public ones whose signatures are believed."""

    signing: Ed25519PrivateKey = field(repr=False)
    pseudonyms: bytes = field(repr=False)
    trusted: dict[str, Ed25519PublicKey]

    @classmethod
    def load(cls, directory: Path, trusted: Iterable[str] = ()) -> "AuditKeys":
        """Reads them, and makes those that are missing. Raises OSError, also for a file that holds no key."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        signing = _signing(directory / SIGNING)
        pseudonyms = _kept(directory / PSEUDONYMS, lambda: secrets.token_bytes(_BYTES))
        if len(pseudonyms) < _BYTES:
            raise OSError(errno.EINVAL, f"holds less than {_BYTES} bytes", str(directory / PSEUDONYMS))
        keys = [signing.public_key(), *(public_key(text) for text in trusted)]
        return cls(signing, pseudonyms, {key_id(key): key for key in keys})

    @property
    def id(self) -> str:
        """The name of the signing key."""
        return key_id(self.signing.public_key())

    @property
    def public(self) -> str:
        """The public half of the signing key, for `audit.trusted_keys` of another replica."""
        return urlsafe_b64encode(_raw(self.signing.public_key())).decode().rstrip("=")

    def sign(self, statement: bytes) -> bytes:
        """The signature of a statement."""
        return self.signing.sign(statement)

    def signed(self, id: str, statement: bytes, signature: bytes) -> bool:
        """Whether the trusted key of this id signed the statement. Raises KeyError when none is trusted."""
        try:
            self.trusted[id].verify(signature, statement)
        except InvalidSignature:
            return False
        return True


def _signing(path: Path) -> Ed25519PrivateKey:
    def made() -> bytes:
        return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    try:
        key = load_pem_private_key(_kept(path, made), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise OSError(errno.EINVAL, "holds no Ed25519 private key (PEM, without a password)", str(path))
    return key


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """What a file holds; made, whole and for its owner only, when there is none. Of several makers one wins."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return path.read_bytes()
