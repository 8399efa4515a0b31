"""Limits: never more than so many in a window, whichever process asks; most requests write nothing."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from credentials.access import Door
from credentials.errors import NotAllowed, Throttled
from credentials.models import AuditEvent, RequestCount
from credentials.vault import keys, limits

START = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    """clock.now can be set; the limits and the keys read it."""
    clock = SimpleNamespace(now=START)
    monkeypatch.setattr(limits, "now", lambda: clock.now)
    return clock


def another_process() -> None:
    """Nothing leased, the same database."""
    limits._held.__init__()


def spent(limit: limits.Limit, times: int, subject: str = "x") -> int:
    """How many of so many went through."""
    through = 0
    for _ in range(times):
        try:
            limits.spend(limit, subject)
        except Throttled:
            continue
        through += 1
    return through


@pytest.mark.parametrize("most", [1, 2, 7, 49, 50, 51, 130])
def test_exactly_so_many_go_through_in_a_window(db, clock, most):
    limit = limits.Limit("test", most)
    assert spent(limit, most + 20) == most
    clock.now = START + timedelta(seconds=60)
    assert spent(limit, most + 20) == most


def test_subjects_and_kinds_do_not_share(db, clock):
    assert spent(limits.Limit("test", 3), 5) == 3
    assert spent(limits.Limit("test", 3), 5, subject="y") == 3
    assert spent(limits.Limit("other", 3), 5) == 3


def test_none_is_no_limit_and_no_row(db, clock):
    assert spent(limits.Limit("test", 0), 500) == 500
    assert not RequestCount.objects.exists()


@pytest.mark.parametrize("most", [1, 5, 130, 6000])
def test_processes_together_never_go_beyond_and_a_restart_forgives_nothing(db, clock, most):
    limit, through = limits.Limit("test", most), 0
    for _ in range(4):
        another_process()
        through += spent(limit, most // 3 + 1)
    assert most - 4 * limit.batch <= through <= most
    another_process()
    assert spent(limit, most) + through <= most
    another_process()
    assert spent(limit, 3) == 0


def test_most_requests_ask_the_database_nothing(db, clock, django_assert_max_num_queries):
    limit = limits.Limit("test", 6000)
    spent(limit, 1)  # sweeps, too
    with django_assert_max_num_queries(50):
        assert spent(limit, 5999) == 5999
    assert spent(limit, 1) == 0
    with django_assert_max_num_queries(0):
        assert spent(limit, 1000) == 0


def test_the_wait_is_until_the_window_ends_and_only_one_is_the_first_to_hear_of_it(db, clock):
    limit, heard = limits.Limit("test", 1, seconds=300), []
    clock.now = START + timedelta(seconds=100, milliseconds=1)
    limits.spend(limit, "x")
    for _ in range(3):
        for _ in range(2):
            with pytest.raises(Throttled) as refusal:
                limits.spend(limit, "x")
            heard.append(refusal.value)
        another_process()
    assert {problem.headers["Retry-After"] for problem in heard} == {"200"}
    assert "200 seconds" in heard[0].message
    assert [problem.is_first for problem in heard] == [True, *[False] * 5]


def test_past_windows_are_swept_away(db, clock):
    limit = limits.Limit("test", 10)
    for minute in range(5):
        clock.now = START + timedelta(minutes=minute)
        spent(limit, 3)
    assert RequestCount.objects.count() == 2  # a window counts as past one moment after its end
    assert len(limits._held.permits) == 1


def test_a_row_does_not_say_whom_it_counts(db, clock):
    limits.spend(limits.Limit("test", 10), "alice@example.org")
    assert "alice" not in str(RequestCount.objects.values().get())


def test_an_ipv6_sender_has_a_whole_network():
    assert limits.address("2001:db8:1:2:3:4:5:6") == limits.address("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert limits.address("192.0.2.7") == "192.0.2.7"
    assert limits.address("") == ""
    assert limits.address("unix") == "unix"


@pytest.fixture
def new_key(blue):
    def make(name: str = "agent") -> str:
        return keys.create_api_key(blue.caller("owner"), name=name, scopes=["credentials:read"])[1]

    return make


def call(key: str, ip: str = "198.51.100.3"):
    return keys.caller_with_key(key, door=Door.KERNEL, ip=ip)


def uses() -> list[tuple]:
    """(outcome, reason, key) of the events about keys that came."""
    rows = AuditEvent.objects.filter(action="key.use").order_by("id")
    return [(row.outcome, row.detail["reason"], row.target_id) for row in rows]


def test_a_key_that_comes_too_often_is_told_to_wait_and_no_other_is(clock, new_key, settings):
    settings.REQUESTS_PER_MINUTE = 5
    key, other = new_key(), new_key("other")
    ids = [call(key).id for _ in range(5)]
    for _ in range(3):
        with pytest.raises(Throttled):
            call(key)
    assert uses() == [("refused", "throttled", ids[0])]
    assert call(other).id
    clock.now += timedelta(minutes=1)
    assert call(key).id == ids[0]


def test_fifty_requests_a_second_pass_as_the_settings_come(clock, new_key):
    key = new_key()
    for second in range(60):
        clock.now = START + timedelta(seconds=second)
        for _ in range(10):
            call(key)
    # ... and the rest of them, without the vault's own work around each.
    row_id = call(key).id
    assert spent(limits.Limit("requests of a key", 6000), 50 * 60 - 601, subject=row_id) == 50 * 60 - 601


def test_bad_keys_lock_out_no_good_one_from_the_same_address(clock, new_key, settings):
    settings.BAD_KEYS_PER_MINUTE = 4
    key = new_key()
    for _ in range(4):
        with pytest.raises(NotAllowed):
            call(key + "x")
    for _ in range(10):
        with pytest.raises(Throttled):
            call("sr_unknown0_")
        assert call(key)
    with pytest.raises(NotAllowed):
        call(key + "x", ip="198.51.100.4")
    clock.now += timedelta(minutes=1)
    with pytest.raises(NotAllowed):
        call(key + "x")


def test_beyond_the_limit_bad_keys_write_one_event_and_then_none(clock, new_key, settings):
    settings.BAD_KEYS_PER_MINUTE = 2
    new_key()
    for process in range(3):
        for _ in range(4):
            with pytest.raises((NotAllowed, Throttled)):
                call(f"sr_unknown{process}_")
        another_process()
    assert uses() == [("refused", "bad_key", ""), ("refused", "bad_key", ""), ("refused", "throttled", "")]


def test_without_limits_everything_is_as_it_was(clock, new_key, settings):
    settings.REQUESTS_PER_MINUTE = settings.BAD_KEYS_PER_MINUTE = 0
    key = new_key()
    for _ in range(20):
        assert call(key)
        with pytest.raises(NotAllowed):
            call(key + "x")
    assert len(uses()) == 20
    assert not RequestCount.objects.exists()
