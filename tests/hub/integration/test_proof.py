"""What proves who asks goes out, and does not come back."""

from hub.integration.operation import Operation
from hub.integration.proof import Proof, concealed
from hub.integration.signature import Signer
from hub.integration.wire import Wire

KEY = "a-ticketing-key"
WIRE = Wire("POST", "https://x.example.com/t", b"{}", {"Accept": "application/json"}, "key-1")
ACT = Operation(integration="x", name="act", timeout=1.0, acts=True, signed=True)
READ = Operation(integration="x", name="read", timeout=1.0)


def test_what_acts_is_signed_anew_each_time() -> None:
    proof = Proof({"X-Api-Key": KEY}, bearer=True, signer=Signer(b"k" * 32))
    first = proof.proved(WIRE, ACT, {"Authorization": "Bearer t"}, 1000, "n1").headers
    second = proof.proved(WIRE, ACT, {"Authorization": "Bearer t"}, 1001, "n2").headers
    assert {"Accept", "X-Api-Key", "Authorization", "X-Timestamp", "X-Signature"} == first.keys()
    assert (first["X-Timestamp"], second["X-Timestamp"]) == ("1000", "1001")
    assert first["X-Signature"] != second["X-Signature"]


def test_what_only_reads_is_not_signed() -> None:
    proof = Proof(signer=Signer(b"k" * 32))
    assert proof.proved(WIRE, READ, {}, 1000, "n1").headers == WIRE.headers


def test_a_secret_that_comes_back_is_not_seen() -> None:
    body = b'{"error":"bad X-Api-Key a-ticketing-key and Bearer abcdefgh"}'
    assert concealed(body, [KEY, "abcdefgh"]) == b'{"error":"bad X-Api-Key [secret] and Bearer [secret]"}'


def test_a_short_one_is_not_looked_for() -> None:
    assert concealed(b"hub", ["hub", ""]) == b"hub"


def test_the_proof_does_not_show_itself() -> None:
    assert KEY not in repr(Proof({"X-Api-Key": KEY}, secrets=(KEY,)))
