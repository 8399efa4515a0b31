"""The restore drill: a backup of a server under load, into each kind of database, equal row by row; and what a backup
that was cut, altered or made for other keys is told."""

import gzip
import io
import json
import stat
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from credentials.errors import Conflict, Invalid, VaultError
from credentials.models import AuditEvent, Credential
from credentials.vault import teams
from credentials.vault.restore import Restored, is_empty, restore
from tests import databases
from tests.agents import Agent, agent_of, at_work
from tests.conftest import LOGIN
from tests.environment import VALUES
from tests.server import running, serving

# All alike in what they ask for, or pytest-django parts them and each source is made twice.
pytestmark = [pytest.mark.server, pytest.mark.django_db]
KEYS = {name: VALUES[name] for name in ("SECRET_KEY", "VAULT_KEYS", "SALT_KEY", "AUDIT_KEY")}  # as in this process


def read(path: Path) -> dict[str, list[str]]:
    """The rows of each table, sorted."""
    tables, rows = defaultdict(list), []
    with gzip.open(path, "rt") as file:
        for line in file:
            if line.startswith("["):
                rows.append(line)
            elif line.startswith('{"table"'):
                rows = tables[json.loads(line)["table"]]
    return {table: sorted(rows) for table, rows in tables.items()}


@pytest.fixture(scope="module", params=databases.ENGINES)
def source(request, tmp_path_factory):
    """A server, its agent and what the agents had been told when a backup was taken under their hands."""
    place = tmp_path_factory.mktemp(request.param)  # pytest may come back to a parameter
    with databases.empty(request.param, place) as url, running(place, DATABASE_URL=url, **KEYS) as server:
        agent = agent_of(server)
        with at_work(agent) as work:
            before = set(work.done)
            done = server.manage("backup", str(server.folder / "taken"))
            assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert set(work.statuses) == {201}
        yield server, agent, before


@pytest.fixture(scope="module")
def taken(source) -> bytes:
    return gzip.decompress((source[0].folder / "taken").read_bytes())


def codes(agent: Agent, name: str) -> set[str]:
    """A code, and another: between two asks the half minute may end."""
    return {agent.code(name)[1]["code"] for _ in range(2)}


@pytest.mark.parametrize("engine", databases.ENGINES)
def test_a_backup_under_load_comes_back_row_by_row_in_either_kind_of_database(source, engine, tmp_path):
    server, agent, before = source
    with databases.empty(engine, tmp_path) as url:
        done = server.manage("restore", str(server.folder / "taken"), DATABASE_URL=url)
        assert (done.returncode, "rows restored and verified" in done.stdout) == (0, True), done.stderr
        server.manage("backup", str(tmp_path / "again"), DATABASE_URL=url)
        was, now = read(server.folder / "taken"), read(tmp_path / "again")
        events, kept = set(now.pop("credentials.AuditEvent")), set(was.pop("credentials.AuditEvent"))
        assert now == was
        assert kept < events
        assert [json.loads(line)[8] for line in events - kept] == ["vault.restore"]
        assert before <= {json.loads(line)[3] for line in was["credentials.Credential"]}
        with serving(server, url, tmp_path) as copy:
            again = replace(agent, url=copy.url)
            assert codes(again, min(before)) & codes(agent, min(before))
            assert again.add("after-the-restore")[0] == 201  # the counters go on
            verified = copy.manage("auditverify")
            assert (verified.returncode, "BROKEN" in verified.stdout) == (0, False)


def test_a_backup_is_closed_to_others_holds_no_key_and_replaces_no_file(source, taken):
    server, _, _ = source
    file = server.folder / "taken"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(server.folder.glob("*.partial")) == []
    assert [key for key in (*KEYS.values(), LOGIN["values"]["password"]) if key.encode() in taken] == []
    refused = server.manage("backup", str(file))
    assert (refused.returncode, "already" in refused.stderr) == (1, True)
    assert gzip.decompress(file.read_bytes()) == taken


# The rest on the database of the tests themselves, which has tables and nothing in them.


def put_back(text: bytes, *, compressed: bytes | None = None) -> Restored:
    source = io.BytesIO(gzip.compress(text) if compressed is None else compressed)
    return restore(teams.operator(), source=source)


def test_a_database_with_empty_tables_is_filled_too(taken, db):
    done = put_back(taken)
    assert done.rows > 100
    assert [verdict.team_slug for verdict in done.verdicts] == ["ops", "system"]
    assert not any(verdict.is_broken for verdict in done.verdicts)


def test_a_database_in_use_is_never_restored_over_and_the_attempt_is_an_event(taken, login):
    with pytest.raises(Conflict, match="not empty"):
        put_back(taken)
    event = AuditEvent.objects.get(action="vault.restore")
    assert (event.team_id, event.outcome, Credential.objects.get()) == (None, "refused", login)


@pytest.mark.parametrize("name", ["VAULT_KEYS", "SALT_KEY", "AUDIT_KEY"])
def test_a_missing_key_is_named_and_nothing_is_restored(taken, db, settings, name):
    other = "another-key-of-enough-length-0123456789"
    setattr(settings, name, other if name == "AUDIT_KEY" else [other])
    with pytest.raises(Conflict, match=f"^{name} lacks a key"):
        put_back(taken)
    assert is_empty()


def without_last(text: bytes, line: int) -> bytes:
    lines = text.splitlines(keepends=True)
    del lines[line]
    return b"".join(lines)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda text: b"", "damaged"),
        (lambda text: b"{}", "damaged"),
        (lambda text: b"[" * 100_000, "damaged"),
        (lambda text: without_last(text, -1), "damaged"),
        (lambda text: without_last(text, -2), "damaged"),
        (lambda text: text.replace(b'"owner"', b'"auditor"', 1), "damaged"),
        (lambda text: text.replace(b'"rows": 1,', b'"rows": 2,', 1), "changed after it was made"),
        (lambda text: text.replace(b'"made_at": "2', b'"made_at": "3', 1), "changed after it was made"),
        (lambda text: text.replace(b"0001_vault", b"0999_future", 1), "newer Strongroom"),
        (lambda text: text.replace(b'["account", "0001_initial"], ', b"", 1), "another version"),
    ],
)
def test_what_was_cut_or_altered_is_refused_and_leaves_the_database_empty(taken, db, damage, says):
    with pytest.raises(VaultError, match=says):
        put_back(damage(taken))
    assert is_empty()


@pytest.mark.parametrize("cut", [0, 1, 10, 1000, -1])
def test_a_file_that_ends_early_or_is_none_is_refused(taken, db, cut):
    for file in (gzip.compress(taken)[:cut], b"no gzip at all"[:cut]):
        with pytest.raises(Invalid, match="damaged"):
            put_back(b"", compressed=file)
    assert is_empty()
