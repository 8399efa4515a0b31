"""What only whole processes show of the audit: keys in a file that was replaced, a receiver that does not answer."""

import json
import secrets
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.server import ROOT, database, scratch

pytestmark = pytest.mark.server

KEYS = ("SECRET_KEY", "VAULT_KEYS", "SALT_KEY", "AUDIT_KEY")


@pytest.mark.same_everywhere
def test_a_replaced_key_file_is_named_and_nothing_is_written_with_it(tmp_path):
    server, file = scratch(tmp_path), tmp_path / "keys"
    file.write_text("".join(f"{name}={server.env.pop(name)}\n" for name in KEYS))
    server.env["STRONGROOM_ENV_FILE"] = str(file)
    assert server.manage("createteam", "Blue", "--owner", "alice@example.org").returncode == 0
    right, before = file.read_text(), server.database.read_bytes()
    file.write_text("".join(f"{name}={secrets.token_urlsafe(48)}\n" for name in KEYS))
    for command in (["auditverify"], ["createteam", "Red", "--owner", "bob@example.org"]):
        refused = server.manage(*command)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert any(name in refused.stderr for name in KEYS)
    assert server.database.read_bytes() == before
    file.write_text(right)
    assert server.manage("auditverify").returncode == 0


class Receiver:
    """It takes a message and answers it when it may; `breaks_off`: by hanging up."""

    def __init__(self) -> None:
        self.came, self.may, self.breaks_off, self.lines = threading.Event(), threading.Event(), True, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.came.set()
                outer.may.wait(60)
                if not outer.breaks_off:
                    outer.lines += [json.loads(line) for line in body.splitlines()]
                    self.send_response(204)
                    self.end_headers()

            def log_message(self, *_):
                pass

        self.server: socketserver.BaseServer = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/"


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.may.set()
        receiver.server.shutdown()
        thread.join()
        receiver.server.server_close()


def test_a_receiver_that_hangs_holds_up_no_verb_and_has_everything_once_it_answers(tmp_path):
    with database() as settings, receiving() as receiver:
        server = scratch(tmp_path, AUDIT_WEBHOOK=receiver.url, EGRESS_NETWORKS="127.0.0.0/8", **settings)
        assert server.manage("createteam", "Blue", "--owner", "alice@example.org").returncode == 0
        stream = subprocess.Popen([sys.executable, "manage.py", "auditstream", "--once"], cwd=ROOT, env=server.env,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        assert receiver.came.wait(60)
        made = server.manage("createapikey", "--team", "blue", "--name", "a", "--scopes", "totp:read")
        assert made.returncode == 0, "while the receiver has not answered"
        receiver.may.set()
        assert stream.wait(60) == 1
        assert receiver.lines == []
        receiver.breaks_off = False
        assert server.manage("auditstream", "--once").returncode == 0
        told = [json.loads(line) for line in server.manage("auditexport").stdout.splitlines()]
    seen = {(line["team_id"], line["seq"]) for line in receiver.lines}
    assert ("key.create", "done") in {(line["action"], line["outcome"]) for line in receiver.lines}
    assert seen == {(line["team_id"], line["seq"]) for line in told if line["action"] != "audit.export"}
