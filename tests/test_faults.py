"""What goes wrong around a server: killed, without its database, on a full disk, with a wrong clock, crowded.

Each time the same is asked: was everything that was acknowledged kept, is nothing half-written, does the chain hold,
and does it go on by itself?
"""

import resource
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from config.connections import SILENT_SECONDS_IN_A_CROWD
from credentials.access import Action, require
from credentials.chain import verify
from credentials.errors import StepUpRequired
from credentials.models import Credential
from credentials.vault import credentials as vault
from credentials.vault import listing, secrets
from tests import databases
from tests.agents import Agent, Work, agent_of, at_work
from tests.conftest import LOGIN
from tests.server import ROOT, Server, running, settings_for

pytestmark = pytest.mark.server


@pytest.fixture(params=databases.HERE)
def engine(request) -> str:
    return request.param


@contextmanager
def served(engine: str, folder: Path):
    with databases.empty(engine, folder) as url, running(folder, DATABASE_URL=url, PROCESSES="1") as server:
        yield server, agent_of(server)


def check_nothing_lost(server: Server, agent: Agent, work: Work) -> None:
    """Each acknowledged credential is there and whole; each that is there has its event; the chains hold."""
    names, offset = set(), 0
    while rows := agent.call("GET", f"credentials?limit=100&offset={offset}")[1]:
        names |= {row["name"] for row in rows}
        offset += 100
    assert work.done - names == set(), f"lost of {len(work.done)} acknowledged"
    unheard = names - work.done  # written, but the answer never came
    for name in [*sorted(unheard), *sorted(work.done)[-20:]]:
        assert agent.code(name)[0] == 200, name
    verified = server.manage("auditverify")
    assert (verified.returncode, "BROKEN" in verified.stdout) == (0, False), verified.stdout
    assert len(events(server, "credential.add", "done")) == len(names)


def events(server: Server, action: str, outcome: str) -> list[str]:
    script = (
        "from credentials.models import AuditEvent as E;"
        f"print(*E.objects.filter(action='{action}', outcome='{outcome}').values_list('seq', flat=True))"
    )
    return server.manage("shell", "-v0", "-c", script).stdout.split()


def test_a_process_killed_while_it_writes_loses_nothing_that_was_acknowledged(engine, tmp_path):
    with served(engine, tmp_path) as (server, agent):
        with at_work(agent) as work:
            server.process.kill()
            server.process.wait()
        assert set(work.statuses) == {201}
        server.start()
        check_nothing_lost(server, agent, work)
        assert agent.add("afterwards")[0] == 201


@pytest.mark.skipif(not databases.ON_POSTGRES, reason="SQLite is no server that could restart")
@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR is not set")
def test_a_database_that_restarts_is_told_as_503_and_the_server_recovers_by_itself(tmp_path):
    with (
        databases.own_postgres() as postgres,
        running(tmp_path, DATABASE_URL=postgres.url, PROCESSES="1") as server,
    ):
        agent = agent_of(server)
        with at_work(agent) as work:
            postgres.restart()
            heard = len(work.statuses)
            assert eventually(lambda: 201 in work.statuses[heard:])
            postgres.stop()
            status, body, headers = agent.add("nobody home")
            assert (status, headers["retry-after"]) == (503, "2")
            assert b'"unavailable"' in body
            with visit(f"{server.url}/teams/") as page:
                assert (page.code, b"Back in a moment" in page.read()) == (503, True)
            postgres.start()
            heard = len(work.statuses)
            assert eventually(lambda: 201 in work.statuses[heard:])
        assert (set(work.statuses), work.broken_lines) == ({201, 503}, 0)
        check_nothing_lost(server, agent, work)


def visit(url: str) -> urllib.error.HTTPError:
    """What a browser with a session gets, which is an error."""
    with pytest.raises(urllib.error.HTTPError) as page:
        urllib.request.urlopen(
            urllib.request.Request(url, headers={"Cookie": f"strongroom_session={'x' * 32}"}), timeout=30
        )
    return page.value


def eventually(holds) -> bool:
    for _ in range(200):
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def small_disk():
    """A file system of some megabytes, and a way to make it larger."""
    mount = ["mount", "-t", "tmpfs", "-o"]
    with databases.open_folder() as folder:
        try:
            subprocess.run([*mount, "size=16m", "tmpfs", str(folder)], capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("mounting a small file system needs root")
        yield folder, lambda: subprocess.run([*mount, "remount,size=99m", "tmpfs", str(folder)], check=True)
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_told_as_503_and_loses_nothing(engine, small_disk, tmp_path):
    folder, grow = small_disk
    with ExitStack() as stack:
        if engine == "sqlite":
            url = f"sqlite:///{folder / 'vault.sqlite3'}"
        else:
            url = stack.enter_context(databases.empty(engine, folder, tablespace=True))
        server = stack.enter_context(running(tmp_path, DATABASE_URL=url, PROCESSES="1"))
        agent, work = agent_of(server), Work()
        large = {"domain": "x.example", "values": {str(number): "x" * 19_000 for number in range(40)}}
        for number in range(100):
            status, _, headers = agent.call("POST", "credentials", {"name": f"large-{number}", **large})
            if status != 201:
                break
            work.done.add(f"large-{number}")
        assert (status, headers["retry-after"]) == (503, "2")
        assert len(work.done) > 2
        grow()
        assert agent.add("after it was made larger")[0] == 201
        names = {row["name"] for row in agent.call("GET", "credentials?limit=100")[1]}
        assert names == work.done | {"after it was made larger"}
        assert "BROKEN" not in server.manage("auditverify").stdout


def test_a_clock_that_jumps_breaks_no_chain_and_keeps_no_proof_fresh(blue, login, monkeypatch):
    owner, manager, made = blue.caller("owner"), blue.caller("manager"), {login.id}
    for shift in (timedelta(hours=-3), timedelta(days=400), timedelta(0)):
        at = datetime.now(UTC) + shift
        monkeypatch.setattr(timezone, "now", lambda at=at: at)
        made.add(vault.add_credential(manager, **{**LOGIN, "name": f"at {shift}"}).id)
        vault.edit_credential(manager, credential_id=login.id, values={"note": str(shift)})
        secrets.show_code(manager, credential_id=login.id)
        if shift:
            with pytest.raises(StepUpRequired):
                require(owner, Action.CREDENTIAL_REVEAL, at=at)
    assert {row["id"] for row in listing.list_credentials(owner).rows} == made
    assert Credential.objects.get(id=login.id).current_number == 4
    verdict = verify(blue.team.id, "blue")
    assert (verdict.is_broken, verdict.checked) == (False, 10)


def test_processes_that_migrate_at_once_wait_for_each_other(engine, tmp_path):
    with databases.empty(engine, tmp_path) as url:
        env = {**settings_for(tmp_path), "DATABASE_URL": url}
        command = [sys.executable, "manage.py", "migrate", "--noinput"]
        both = [
            subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            for _ in range(3)
        ]
        said = [process.communicate(timeout=120)[0].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0, 0], said
    assert Counter("No migrations to apply" in text for text in said) == {True: 2, False: 1}


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    with served("sqlite", tmp_path_factory.mktemp("crowded")) as (server, agent):
        agent.add("wanted")
        yield server, agent


def dial(server: Server, text: bytes = b"") -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    line = socket.create_connection((host, int(port)), timeout=30)
    line.sendall(text)
    return line


@pytest.mark.same_everywhere
def test_slow_clients_hold_no_thread(crowded):
    server, agent = crowded
    half = (
        b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        b"POST /kernel/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\n{",
        b"GET /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 20,  # and reads no answer
    )
    with ExitStack() as stack:
        for text in half * 10:
            stack.enter_context(dial(server, text))
        assert {agent.get("wanted")[0] for _ in range(20)} == {200}


@pytest.mark.same_everywhere
def test_more_connections_than_there_is_room_for_are_refused_politely(crowded):
    server, agent = crowded
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with ExitStack() as stack:
        lines = [stack.enter_context(dial(server)) for _ in range(10_000)]
        refused = [asked(line) for line in lines[:50]]
        assert all(answer.startswith(b"HTTP/1.1 503 ") and b"\r\nretry-after: 2\r\n" in answer for answer in refused)
        late = stack.enter_context(dial(server))
        late.settimeout(SILENT_SECONDS_IN_A_CROWD + 30)
        assert late.recv(10) == b""  # who says nothing does not stay
    assert eventually(lambda: agent.get("wanted")[0] == 200)


def asked(line: socket.socket) -> bytes:
    line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return line.recv(2000)
