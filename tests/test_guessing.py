"""Hundreds of wrong passwords through two server processes and a restart: the limits hold, and lock nobody out for
good. SECURITY 5; ASVS 6.3.1. Ten thousand: `python tests/guessing.py`.
"""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from credentials.models import RequestCount
from credentials.vault import accounts, limits, seals
from tests import guessing
from tests.accounts.test_sign_in import WRONG, login
from tests.conftest import PASSWORD
from tests.guessing import IN, LOOKED_AT, THROTTLED, windows
from tests.server import database, running

TRIES = 200


@pytest.mark.server
def test_two_processes_and_a_restart_hold_the_limits_and_the_owner_gets_in(tmp_path):
    with database() as settings, running(tmp_path, **guessing.SERVING, **settings) as server:
        guessing.prepare(server)
        said = guessing.attack(server, TRIES)
    start = said["start"]
    assert said["the owner's browser"] == IN
    stepping, one, everywhere, after = (
        said[name] for name in ("step-ups", "from one address", "from everywhere", "after a restart")
    )
    assert (stepping.total(), one.total(), everywhere.total()) == (TRIES // 4, TRIES // 4, TRIES // 2)
    assert not stepping[IN] + one[IN] + everywhere[IN] + after[IN]
    assert 0 < stepping[LOOKED_AT] <= accounts.TRIES_OF_STEP_UP.most * windows(300, start)
    if windows(300, start) == 1:
        assert said["a right step-up meanwhile"] == THROTTLED
    assert 0 < one[LOOKED_AT] <= accounts.TRIES_OF_PERSON.most * windows(300, start)
    most = accounts.TRIES_OF_PERSON_ANYWHERE.most * windows(3600, start)
    assert everywhere[LOOKED_AT] > 0
    assert one[LOOKED_AT] + everywhere[LOOKED_AT] + after[LOOKED_AT] <= most
    if windows(3600, start) == 1:
        assert after == {THROTTLED: 20}, "the limit outlives the process"
        assert said["the right password from elsewhere"] == THROTTLED
    assert said["the right password in the known browser"] == IN


def test_no_limit_lasts_longer_than_its_hour(blue, monkeypatch):
    """Whoever is tried from everywhere waits an hour at most, in a browser nobody knows."""
    seals.open_canary()
    bob = blue.people["operator"].email
    now = datetime.now(UTC)
    for number in range(70):
        login(Client(REMOTE_ADDR=f"10.0.0.{number}"), bob, WRONG)
    assert "Too many failed" in login(Client(REMOTE_ADDR="10.0.1.1"), bob, PASSWORD).content.decode()
    assert max(RequestCount.objects.values_list("window_ends", flat=True)) <= time.time() + 3600
    monkeypatch.setattr(limits, "now", lambda: now + timedelta(hours=1))
    assert login(Client(REMOTE_ADDR="10.0.1.1"), bob, PASSWORD).status_code == 302
