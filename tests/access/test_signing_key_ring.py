"""Keys in the data directory: made once, shared by processes, rotated in use."""

import json
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from app.access.access_tokens import AccessTokenVerifier, issue_access_token
from app.access.claims import Lifetime
from app.access.signing_key_file import RingKey
from app.access.signing_key_ring import SigningKeyRing
from app.access.tokens import InvalidToken
from tests.access.deployment import AUDIENCE, ISSUER, NOW, key_number, seconds

LIFETIME = Lifetime(longest=seconds(3600), leeway=seconds(30))
END = seconds(3630)  # how long a retired key verifies on


class Clock:
    """A monotonic clock moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "signing-keys.json"


@pytest.fixture
def ring(path: Path) -> SigningKeyRing:
    return SigningKeyRing.open(path, LIFETIME, NOW)


def names(ring: SigningKeyRing, now: datetime) -> list[str]:
    return [jwk["kid"] for jwk in ring.public_jwks(now)["keys"]]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_with_one_key_on_first_use(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        SigningKeyRing(path, LIFETIME)
    ring = SigningKeyRing.open(path, LIFETIME, NOW)
    assert names(ring, NOW) == [ring.signing_key(NOW).key_id]


def test_it_is_for_its_owner_alone(ring: SigningKeyRing, path: Path) -> None:
    ring.rotate(NOW)
    assert [mode(file) for file in sorted(path.parent.iterdir())] == [0o600, 0o600]
    assert mode(path.parent) == 0o700


def test_it_is_for_its_owner_alone_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        SigningKeyRing.open(path, LIFETIME, NOW).rotate(NOW)
    finally:
        os.umask(before)
    assert [mode(file) for file in sorted(path.parent.iterdir())] == [0o600, 0o600]


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o620, 0o602, 0o644])
def test_it_is_not_read_while_others_can(ring: SigningKeyRing, path: Path, bits: int) -> None:
    path.chmod(bits)
    with pytest.raises(PermissionError, match="0600"):
        SigningKeyRing.open(path, LIFETIME, NOW)


def test_it_is_found_again(ring: SigningKeyRing, path: Path) -> None:
    again = SigningKeyRing.open(path, LIFETIME, NOW + seconds(1e6))
    assert again.public_jwks(NOW) == ring.public_jwks(NOW)
    assert again.signing_key(NOW).key_id == ring.signing_key(NOW).key_id


def test_a_rotation_is_published_at_once_and_signs_from_now(ring: SigningKeyRing) -> None:
    old = ring.signing_key(NOW).key_id
    new = ring.rotate(NOW)
    assert names(ring, NOW) == [old, new]
    assert ring.signing_key(NOW).key_id == new


def test_a_rotation_may_be_announced(ring: SigningKeyRing) -> None:
    old = ring.signing_key(NOW).key_id
    begins = NOW + seconds(600)
    new = ring.rotate(NOW, signs_from=begins)
    assert names(ring, NOW) == [old, new]
    assert ring.signing_key(begins - seconds(0.001)).key_id == old
    assert ring.signing_key(begins).key_id == new
    assert names(ring, begins + END - seconds(0.001)) == [old, new]
    assert names(ring, begins + END) == [new]


def test_an_announced_key_can_be_overtaken(ring: SigningKeyRing) -> None:
    ring.rotate(NOW, signs_from=NOW + seconds(600))
    urgent = ring.rotate(NOW + seconds(1))
    assert ring.signing_key(NOW + seconds(1)).key_id == urgent
    assert ring.signing_key(NOW + seconds(601)).key_id == urgent


def test_a_retired_key_verifies_until_its_last_token_has_expired(ring: SigningKeyRing) -> None:
    old = ring.signing_key(NOW).key_id
    ring.rotate(NOW)
    assert len(ring.keys_for(old, NOW + END - seconds(0.001))) == 1
    assert ring.keys_for(old, NOW + END) == []
    assert old not in names(ring, NOW + END)


def test_a_retired_key_gets_no_more_time_by_a_later_rotation(ring: SigningKeyRing) -> None:
    old = ring.signing_key(NOW).key_id
    ring.rotate(NOW)
    ring.rotate(NOW + seconds(100))
    assert ring.keys_for(old, NOW + END) == []


def test_a_key_is_retired_by_whatever_overtakes_its_announced_end(ring: SigningKeyRing) -> None:
    old = ring.signing_key(NOW).key_id
    ring.rotate(NOW, signs_from=NOW + seconds(600))
    ring.rotate(NOW + seconds(1))
    assert len(ring.keys_for(old, NOW + seconds(0.999) + END)) == 1
    assert ring.keys_for(old, NOW + seconds(1) + END) == []


@pytest.mark.parametrize(
    ("after", "signs"),
    [(-0.001, False), (0, True), (59.999, True), (60, False)],
    ids=["before its beginning", "at its beginning", "before its end", "at its end"],
)
def test_a_key_signs_from_its_beginning_to_its_end(after: float, signs: bool) -> None:
    held = RingKey(key_number(1), created_at=NOW, not_before=NOW, retired_at=NOW + seconds(60))
    assert held.signs(NOW + seconds(after)) == signs


def test_a_key_past_its_end_is_removed_by_the_next_rotation(
    ring: SigningKeyRing, path: Path
) -> None:
    old = ring.signing_key(NOW).key_id
    ring.rotate(NOW)
    assert old in path.read_text()
    ring.rotate(NOW + END)
    assert old not in path.read_text()


def test_a_clock_set_back_finds_a_key_that_signs(ring: SigningKeyRing) -> None:
    only = ring.signing_key(NOW).key_id
    assert ring.signing_key(NOW - seconds(86_400)).key_id == only


def test_a_withdrawn_key_is_gone_at_once_and_another_signs(ring: SigningKeyRing) -> None:
    leaked = ring.signing_key(NOW).key_id
    ring.withdraw(leaked, NOW)
    assert ring.keys_for(leaked, NOW) == []
    assert ring.signing_key(NOW).key_id != leaked


def test_to_withdraw_a_retired_key_leaves_the_one_that_signs(ring: SigningKeyRing) -> None:
    old = ring.signing_key(NOW).key_id
    new = ring.rotate(NOW)
    ring.withdraw(old, NOW)
    assert names(ring, NOW) == [new]


def test_to_withdraw_an_announced_key_leaves_another_to_sign(ring: SigningKeyRing) -> None:
    old = ring.signing_key(NOW).key_id
    announced = ring.rotate(NOW, signs_from=NOW + seconds(600))
    ring.withdraw(announced, NOW + seconds(1))
    signing = ring.signing_key(NOW + seconds(1)).key_id
    assert signing not in {old, announced}
    assert ring.signing_key(NOW + seconds(600)).key_id == signing
    assert names(ring, NOW) == [old, signing]


def test_to_withdraw_an_unknown_key_is_an_error(ring: SigningKeyRing) -> None:
    with pytest.raises(LookupError):
        ring.withdraw("no-such-key", NOW)


def test_others_see_a_rotation_with_their_next_request(ring: SigningKeyRing, path: Path) -> None:
    other = SigningKeyRing(path, LIFETIME)
    old = other.signing_key(NOW).key_id
    new = ring.rotate(NOW)
    assert other.signing_key(NOW).key_id == new
    assert [len(other.keys_for(key_id, NOW)) for key_id in (old, new)] == [1, 1]
    ring.withdraw(old, NOW)
    assert other.keys_for(old, NOW) == []
    assert names(other, NOW) == [new]


def test_a_change_that_left_no_trace_is_found_by_an_unknown_name(
    ring: SigningKeyRing, path: Path
) -> None:
    """Some file systems keep times by the second: a change within it would go unseen."""
    clock = Clock()
    other = SigningKeyRing(path, LIFETIME, monotonic=clock)
    new = ring.rotate(NOW)
    other._stamp = ring._stamp  # as if nothing had changed
    assert other.keys_for(new, NOW) == []
    clock.now = 0.999
    assert other.keys_for(new, NOW) == []
    clock.now = 1.0
    assert len(other.keys_for(new, NOW)) == 1


def test_a_flood_of_unknown_names_reads_the_file_once_a_second(
    ring: SigningKeyRing, path: Path
) -> None:
    clock = Clock()
    other = SigningKeyRing(path, LIFETIME, monotonic=clock)
    clock.now = 1.0
    other.keys_for("unknown", NOW)
    new = ring.rotate(NOW)
    other._stamp = ring._stamp
    clock.now = 1.999
    assert all(other.keys_for(f"unknown-{number}", NOW) == [] for number in range(1_000))
    assert other.keys_for(new, NOW) == []


def open_to_others(path: Path) -> None:
    path.chmod(0o644)
    os.utime(path)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_text("{"), id="cut short"),
        pytest.param(lambda path: path.write_text('{"keys":[]}'), id="emptied"),
        pytest.param(lambda path: path.write_text('{"keys":[{"kid":"k"}]}'), id="without a key"),
        pytest.param(lambda path: path.unlink(), id="removed"),
        pytest.param(open_to_others, id="opened to others"),
    ],
)
def test_a_damaged_file_leaves_a_running_service_as_it_was(
    ring: SigningKeyRing,
    path: Path,
    damage: Callable[[Path], object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    key_id = ring.signing_key(NOW).key_id
    damage(path)
    with caplog.at_level(logging.WARNING):
        assert ring.signing_key(NOW).key_id == key_id
        assert len(ring.keys_for(key_id, NOW)) == 1
    assert len(caplog.records) == path.exists()
    assert "PRIVATE" not in caplog.text


@pytest.mark.parametrize("member", ["kid", "created_at", "not_before", "retired_at", "private_key"])
@pytest.mark.parametrize("value", ["", 7, "2026-11-23 12:00:00", "absent"])
def test_a_damaged_file_is_not_started_with(
    ring: SigningKeyRing, path: Path, member: str, value: object
) -> None:
    held = json.loads(path.read_text())
    secret = held["keys"][0]["private_key"].splitlines()[1]
    held["keys"][0][member] = value
    if value == "absent":
        del held["keys"][0][member]
    path.write_text(json.dumps(held))
    with pytest.raises(ValueError, match=str(path)) as refused:
        SigningKeyRing.open(path, LIFETIME, NOW)
    assert secret not in str(refused.value)


def test_a_ring_must_have_a_key_that_signs(ring: SigningKeyRing, path: Path) -> None:
    held = json.loads(path.read_text())
    held["keys"][0]["retired_at"] = NOW.isoformat()
    path.write_text(json.dumps(held))
    with pytest.raises(ValueError, match="no key that signs"):
        SigningKeyRing.open(path, LIFETIME, NOW)


def test_a_write_that_fails_leaves_the_ring_as_it_was(
    ring: SigningKeyRing, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        ring.rotate(NOW)
    assert path.read_bytes() == before
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name, f"{path.name}.lock"]


OPENS = """
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from app.access.claims import Lifetime
from app.access.signing_key_ring import SigningKeyRing
now = datetime(2026, 11, 23, 12, tzinfo=UTC)
sys.stdin.readline()
ring = SigningKeyRing.open(Path(sys.argv[1]), Lifetime(longest=timedelta(hours=1)), now)
for _ in range(int(sys.argv[2])):
    ring.rotate(now)
print(ring.signing_key(now).key_id)
"""


def run_at_once(path: Path, *, processes: int, rotations: int) -> set[str]:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", OPENS, str(path), str(rotations)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = {process.communicate()[0].strip() for process in running}
    assert [process.returncode for process in running] == [0] * processes
    return answers


def test_processes_that_start_at_once_use_one_key(path: Path) -> None:
    assert len(run_at_once(path, processes=4, rotations=0)) == 1


def test_no_rotation_is_lost_between_processes(path: Path) -> None:
    run_at_once(path, processes=3, rotations=10)
    held = json.loads(path.read_text())["keys"]
    assert len({entry["kid"] for entry in held}) == 31
    assert sum(entry["retired_at"] is None for entry in held) == 1


def test_a_hundred_rotations_refuse_no_valid_token(ring: SigningKeyRing, path: Path) -> None:
    """One process rotates and issues, the other verifies: each token lives its whole life."""
    verifier = AccessTokenVerifier(SigningKeyRing(path, LIFETIME), ISSUER, AUDIENCE, LIFETIME)
    alive: list[tuple[datetime, str]] = []
    for rotation in range(100):
        now = NOW + seconds(rotation * 600)
        ring.rotate(now)
        token = issue_access_token(
            signing_key=ring.signing_key(now),
            issuer=ISSUER,
            audience=AUDIENCE,
            subject="centre-03",
            client_id="centre-03",
            scopes={"records:read"},
            now=now,
            lifetime=LIFETIME.longest,
        )
        alive.append((token.says.expires_at, token.text))
        alive = [(end, text) for end, text in alive if end > now]
        for _, text in alive:
            verifier.verify(text, now)


def test_the_key_of_a_valid_token_can_be_taken_from_it(ring: SigningKeyRing, path: Path) -> None:
    verifier = AccessTokenVerifier(SigningKeyRing(path, LIFETIME), ISSUER, AUDIENCE, LIFETIME)
    key = ring.signing_key(NOW)
    token = issue_access_token(
        signing_key=key,
        issuer=ISSUER,
        audience=AUDIENCE,
        subject="centre-03",
        client_id="centre-03",
        scopes={"records:read"},
        now=NOW,
    ).text
    verifier.verify(token, NOW)
    ring.withdraw(key.key_id, NOW)
    with pytest.raises(InvalidToken, match="key-unknown"):
        verifier.verify(token, NOW)
