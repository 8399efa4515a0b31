"""Moving to another database: all of it, verified, and nothing touched where it came from."""

import sqlite3
from hashlib import sha256

import pytest

from tests import databases
from tests.agents import SCOPES
from tests.server import scratch

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A small vault on SQLite that nobody serves."""
    server = scratch(tmp_path_factory.mktemp("move"))
    server.manage_all(
        ["createteam", "Ops", "--owner", "alice@example.org"],
        ["createapikey", "--team", "ops", "--name", "agent", "--scopes", SCOPES],
    )
    return server


def digest(server) -> str:
    return sha256(server.database.read_bytes()).hexdigest()


@pytest.mark.parametrize("engine", databases.HERE)
def test_everything_moves_and_the_source_stays_as_it_was(server, tmp_path, engine):
    before = digest(server)
    with databases.empty(engine, tmp_path) as url:
        moved = server.manage("movedatabase", "--to-env", "NEW_URL", NEW_URL=url)
        assert (moved.returncode, "rows restored and verified" in moved.stdout) == (0, True), moved.stderr
        assert digest(server) == before
        verified = server.manage("auditverify", DATABASE_URL=url)
        assert verified.stdout == "ops: holds up to event 1\nsystem: holds up to event 2\n"  # the move is an event
        again = server.manage("movedatabase", "--to-env", "NEW_URL", NEW_URL=url)
        assert (again.returncode, "not empty" in again.stderr, "as it was" in again.stderr) == (1, True, True)


@pytest.mark.same_everywhere
@pytest.mark.parametrize(("url", "says"), [("", "not set"), ("nonsense", "DATABASE_URL is malformed")])
def test_an_address_that_is_none_moves_nothing(server, url, says):
    refused = server.manage("movedatabase", "--to-env", "NEW_URL", NEW_URL=url)
    assert (refused.returncode, says in refused.stderr, "Traceback" in refused.stderr) == (1, True, False)


@pytest.mark.same_everywhere
def test_a_chain_that_was_broken_before_is_moved_as_it_was_and_told(server, tmp_path):
    with sqlite3.connect(server.database) as database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE credentials_auditevent SET actor_label = 'nobody' WHERE team_id IS NOT NULL")
    moved = server.manage("movedatabase", "--to-env", "NEW_URL", NEW_URL=f"sqlite:///{tmp_path / 'new'}")
    assert "rows restored and verified" in moved.stdout
    assert (moved.returncode, "audit was broken then: ops" in moved.stderr) == (1, True)
