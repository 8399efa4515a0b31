"""What is announced when a code arrives: once it is committed, to whom it concerns, and to nobody else."""

import sqlite3
from contextlib import closing

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import ConnectionHandler

from credentials.access import Scope
from credentials.vault import claims, codes, inbox, wakeups
from credentials.vault.wakeups import ANY, CHANGED, MOST_NEW, Lookout, topics
from tests.vault.test_codes import key

MINE = topics("team_1", ["me@example.com", ANY])
YOURS = topics("team_2", ["+14155550123", ANY])


@pytest.fixture
def other(tmp_path):
    """A database as another process writes to it."""
    with closing(sqlite3.connect(tmp_path / "codes.sqlite3", isolation_level=None)) as line:
        line.execute("PRAGMA journal_mode=WAL")
        line.execute("CREATE TABLE credentials_receivedcode (id TEXT PRIMARY KEY, team_id TEXT, identifier_key TEXT)")
        yield line


@pytest.fixture
def lookout(other, tmp_path, db):
    """That has looked once."""
    base = {"ENGINE": "django.db.backends.sqlite3", "NAME": tmp_path / "codes.sqlite3"}
    line = ConnectionHandler({"default": base})["default"]
    found = Lookout(line)
    assert found.new_topics() is None
    yield found
    line.close()


def store(line, id: str, team: str = "team_1", key: str = "me@example.com") -> None:
    line.execute("INSERT INTO credentials_receivedcode VALUES (?, ?, ?)", [id, team, key])


def test_a_lookout_sees_each_committed_row_once(other, lookout):
    assert lookout.new_topics() == []
    store(other, "totp_2")
    store(other, "totp_1", "team_2", "+14155550123")
    assert sorted(lookout.new_topics()) == sorted(MINE + YOURS)
    assert lookout.new_topics() == []
    other.execute("BEGIN")
    store(other, "totp_3")
    assert lookout.new_topics() == []
    other.execute("COMMIT")
    assert lookout.new_topics() == MINE


def test_a_lookout_is_not_disturbed_by_other_writes(other, lookout):
    store(other, "totp_1")
    assert lookout.new_topics() == MINE
    other.execute("UPDATE credentials_receivedcode SET identifier_key = 'x'")
    other.execute("CREATE TABLE elsewhere (id)")
    assert lookout.new_topics() == []


def test_a_row_that_takes_the_place_of_a_deleted_one_is_not_missed(other, lookout):
    for id in ("totp_1", "totp_2", "totp_3"):
        store(other, id)
    lookout.new_topics()
    other.execute("DELETE FROM credentials_receivedcode WHERE id = 'totp_3'")
    store(other, "totp_4")
    assert lookout.new_topics() == MINE
    other.execute("DELETE FROM credentials_receivedcode WHERE id > 'totp_1'")
    store(other, "totp_5")
    assert lookout.new_topics() is None  # nobody knows how many came and went
    store(other, "totp_6")
    assert lookout.new_topics() == MINE
    other.execute("DELETE FROM credentials_receivedcode")
    assert lookout.new_topics() is None
    other.execute("CREATE TABLE elsewhere (id)")
    assert lookout.new_topics() == []
    store(other, "totp_7")
    assert lookout.new_topics() == MINE


def test_after_very_many_rows_everybody_looks(other, lookout):
    other.execute("BEGIN")
    for number in range(MOST_NEW):
        store(other, f"totp_{number}")
    other.execute("COMMIT")
    assert lookout.new_topics() is None
    assert lookout.new_topics() == []


@pytest.fixture
def heard(real_commits):
    """heard() -> what was announced since the last time, each as its text; on SQLite only that something was."""
    if connection.vendor == "postgresql":
        own = connection.get_connection_params()
        plain = {name: value for name, value in own.items() if name not in {"cursor_factory", "context"}}
        with psycopg.connect(**plain, autocommit=True) as line:
            line.execute(f"LISTEN {wakeups.CHANNEL}")
            yield lambda: [notice.payload for notice in line.notifies(timeout=0.2)]
    else:
        told = []

        def listener(topics: list[str]) -> None:
            told.append(" ".join(topics))

        wakeups.listen(listener)
        yield lambda: [told.pop() for _ in list(told)]
        wakeups.unlisten(listener)


def test_a_code_is_announced_when_it_is_committed_and_only_then(blue, heard):
    forwarder = key(blue, Scope.CODES_WRITE)
    codes.receive_code(forwarder, identifier="Me@Example.com", content="123456")
    expected = " ".join(topics(blue.team.id, ["me@example.com", ANY])) if connection.vendor == "postgresql" else ""
    assert heard() == [expected]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        wakeups.announce(blue.team.id, "me@example.com")
        raise ZeroDivisionError
    assert heard() == []


def test_what_becomes_of_a_code_is_announced_to_who_shows_it(blue, heard):
    bob, changed = blue.caller("operator"), " ".join(topics(blue.team.id, [CHANGED]))
    codes.receive_code(bob, identifier="me@example.com", content="hello there, nothing here")
    assert heard() == [changed]
    first, second = (codes.receive_code(bob, identifier="me@example.com", content=text).row for text in ("111", "222"))
    heard()
    claims.claim_this(bob, code_id=first.id)
    claims.claim_code(bob, identifier="me@example.com")
    codes.discard_code(bob, code_id=first.id)
    assert heard() == [changed] * 3
    inbox.correct_code(bob, code_id=second.id, code="22")
    assert heard() == [" ".join(topics(blue.team.id, ["me@example.com", ANY, CHANGED]))]
