"""The read replica: what is read there, and what never is. A copy that lags for ever tells them apart."""

import urllib.parse

import pytest

from tests.agents import agent_of
from tests.server import database, running, serving

pytestmark = [pytest.mark.server, pytest.mark.same_everywhere]


@pytest.fixture(scope="module")
def agent(tmp_path_factory):
    """An agent of a server whose replica stopped following after `old` was added."""
    folder = tmp_path_factory.mktemp("replica")
    copy = f"sqlite:///{folder / 'copy.sqlite3'}"
    with running(folder) as first:
        agent = agent_of(first)
        agent.add("old")
        first.manage("backup", str(folder / "backup"))
        first.manage("restore", str(folder / "backup"), DATABASE_URL=copy)
        first.stop()
        first.env["DATABASE_REPLICA_URL"] = copy
        with serving(first, first.env["DATABASE_URL"], folder) as server:
            agent.url = server.url
            assert agent.add("fresh")[0] == 201
            yield agent


def names(agent, **query: str) -> list[str]:
    return [row["name"] for row in agent.call("GET", f"credentials?{urllib.parse.urlencode(query)}")[1]]


def test_lists_and_searches_and_the_audits_pages_are_read_from_the_replica(agent):
    assert names(agent) == ["old"]
    assert names(agent, query="fresh") == []
    logs = agent.call("GET", "audit-logs?start=2020-01-01T00:00:00Z&end=2030-01-01T00:00:00Z")
    assert [row["route"] for row in logs[1]].count("credential.add") == 1  # of two


def test_what_must_be_fresh_is_read_from_the_database_itself(agent):
    assert agent.get("fresh")[0] == 200
    assert agent.code("fresh")[0] == 200
    assert agent.add("fresh")[0] == 409
    assert agent.call("PATCH", "credentials/fresh", {"values": {"note": "x"}})[0] == 200
    assert agent.call("DELETE", "credentials/fresh")[0] == 204
    assert agent.get("fresh")[0] == 404


def test_lists_are_read_from_the_database_itself_while_the_replica_is_away(tmp_path):
    nowhere = "postgres://nobody:x@127.0.0.1:1/none"
    with database() as own, running(tmp_path / "server", **own, DATABASE_REPLICA_URL=nowhere) as server:
        agent = agent_of(server)
        assert agent.add("fresh")[0] == 201
        assert names(agent) == ["fresh"]
        assert names(agent, query="fresh") == ["fresh"]
        assert "The replica does not answer" in server.log
