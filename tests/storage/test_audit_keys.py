"""The keys of the audit are made once, for their owner only."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from storage.audit_keys import PSEUDONYMS, SIGNING, AuditKeys


def test_they_are_made_once_and_kept(tmp_path: Path) -> None:
    directory = tmp_path / "deep" / "audit"
    one, again = AuditKeys.load(directory), AuditKeys.load(directory)
    assert (one.id, one.public, one.pseudonyms) == (again.id, again.public, again.pseudonyms)
    assert sorted(file.name for file in directory.iterdir()) == sorted([PSEUDONYMS, SIGNING])
    assert {stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()} == {0o600}
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert len(one.pseudonyms) == 32


def test_of_many_who_make_them_one_wins(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: AuditKeys.load(tmp_path), range(16)))
    assert len({(keys.id, keys.pseudonyms) for keys in made}) == 1


def test_a_signature_is_of_one_statement_by_one_key(tmp_path: Path) -> None:
    ours, other = AuditKeys.load(tmp_path / "a"), AuditKeys.load(tmp_path / "b")
    signature = ours.sign(b"statement")
    assert ours.signed(ours.id, b"statement", signature)
    assert not ours.signed(ours.id, b"statement.", signature)
    assert not ours.signed(ours.id, b"statement", bytes(64))
    with pytest.raises(KeyError):
        other.signed(ours.id, b"statement", signature)
    trusting = AuditKeys.load(tmp_path / "b", [ours.public])
    assert trusting.signed(ours.id, b"statement", signature)
    assert trusting.id == other.id


def test_nothing_of_them_is_shown(tmp_path: Path) -> None:
    keys = AuditKeys.load(tmp_path)
    assert repr(keys.pseudonyms) not in repr(keys)
    assert "signing=" not in repr(keys)


def elliptic() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(("name", "content"), [(SIGNING, b"no key"), (SIGNING, elliptic()), (PSEUDONYMS, b"short")])
def test_a_file_that_holds_no_key_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    AuditKeys.load(tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OSError, match="holds") as refused:
        AuditKeys.load(tmp_path)
    assert refused.value.filename == str(tmp_path / name)
