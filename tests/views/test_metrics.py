"""What monitoring reads: counts of every process together, for who may, with no name in any label."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import psutil
import pytest

from tests.agents import agent_of
from tests.server import running

pytestmark = pytest.mark.server
TOKEN = "a-token-for-monitoring-0123456789abcdef"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("metrics")
    with running(folder, METRICS_TOKEN=TOKEN, METRICS_FOLDER=str(folder / "metrics"), PROCESSES="2") as server:
        yield server


def read(server, **headers: str) -> str:
    request = urllib.request.Request(f"{server.url}/metrics", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.read().decode()


@pytest.mark.same_everywhere
def test_both_processes_are_counted_together_by_door_and_verb(server):
    agent = agent_of(server)
    agent.add("a-name-5521")
    assert [agent.get("a-name-5521")[0] for _ in range(30)] == [200] * 30
    assert agent.get("nowhere-5521")[0] == 404
    text = read(server, Authorization=f"Bearer {TOKEN}")
    assert 'strongroom_requests_total{door="kernel",status="200",verb="kernel_credential"} 30.0' in text
    assert 'strongroom_requests_total{door="kernel",status="404",verb="kernel_credential"} 1.0' in text
    assert 'strongroom_request_seconds_count{door="kernel",verb="kernel_credentials"} 1.0' in text
    assert "5521" not in text
    assert "cred_" not in text
    assert TOKEN not in text


@pytest.mark.same_everywhere
def test_codes_waiters_refusals_and_chains_are_counted(server):
    scopes = "codes:write,codes:read"
    _, key = server.manage_all(
        ["createteam", "Codes", "--owner", "alice@example.org"],
        ["createapikey", "--team", "codes", "--name", "codes", "--scopes", scopes],
    )

    def ask(path: str, body: dict | None = None) -> int:
        headers = {"x-api-key": key, "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(f"{server.url}/v1/{path}", data, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status

    def shown() -> str:
        return read(server, Authorization=f"Bearer {TOKEN}")

    whom = {"totp_identifier": "ops@example.com"}
    with ThreadPoolExecutor(1) as other:
        claimed = other.submit(ask, "credentials/totp/claim", {**whom, "wait": 60})
        while "strongroom_waiting 1.0" not in shown():
            assert not claimed.done()
        assert ask("credentials/totp", {**whom, "content": "Your code is 481516."}) == 200
        assert claimed.result() == 200
    with pytest.raises(urllib.error.HTTPError) as refusal:
        ask("credentials/cred_x/totp-code")  # which the key's scopes do not reach
    refusal.value.close()
    server.manage("auditverify")
    text = shown()
    assert 'strongroom_events_total{action="code.receive",outcome="done"} 1.0' in text
    assert 'strongroom_events_total{action="code.claim",outcome="done"} 1.0' in text
    assert 'strongroom_events_total{action="credential.code",outcome="refused"} 1.0' in text
    assert "strongroom_waiting 0.0" in text
    assert 'strongroom_chains{state="broken"} 0.0' in text
    assert 'strongroom_chains{state="unverified"} 0.0' in text


@pytest.mark.same_everywhere
@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}])
def test_without_the_token_there_is_no_such_page(server, given):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        read(server, **given)
    with refusal.value as answer:
        assert answer.code == 404


def test_networks_may_read_too_and_nobody_when_nothing_is_set(client, db, settings, tmp_path, monkeypatch):
    assert client.get("/metrics").status_code == 404
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    settings.METRICS, settings.METRICS_FOLDER = True, str(tmp_path)
    assert client.get("/metrics").status_code == 404
    settings.METRICS_NETWORKS = [ip_network("192.0.2.0/24")]
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.9").status_code == 200
    for other in ("198.51.100.1", "nonsense", ""):
        assert client.get("/metrics", REMOTE_ADDR=other).status_code == 404


def test_commands_are_counted_and_leave_no_file_behind(server):
    def counted() -> int:
        text = read(server, Authorization=f"Bearer {TOKEN}")
        return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if "audit.verify" in line)

    server.manage("doctor")
    before = counted()
    assert server.manage("doctor").returncode == 0
    assert counted() == before + 1
    owners = {int(file.stem.rpartition("_")[2]) for file in (server.folder / "metrics").glob("*.db")}
    assert {pid for pid in owners if pid and not psutil.pid_exists(pid)} == set()
    assert 0 in owners  # who keeps the sums of those that ended


def test_who_waited_in_a_process_that_was_killed_waits_no_more(server):
    folder = server.folder / "metrics"
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    grave = folder / f"gauge_livesum_{gone.pid}.db"
    grave.write_bytes(next(folder.glob("gauge_livesum_*.db")).read_bytes())
    read(server, Authorization=f"Bearer {TOKEN}")
    assert not grave.exists()
