"""The audit goes out as it grows: at least once, on after an outage, and nowhere it was not meant to go."""

import ipaddress
import json
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from credentials import egress
from credentials.errors import Invalid, NotAllowed
from credentials.models import AuditEvent
from credentials.vault import proofs, secrets, streams, teams
from tests.commands.test_commands import run


class Receiver:
    """A real HTTP server that keeps what it took; `answers` is its next statuses."""

    def __init__(self) -> None:
        self.lines: list[dict] = []
        self.headers: list[dict] = []
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = outer.answers.pop(0) if outer.answers else 204
                if status < 300:
                    outer.lines += [json.loads(line) for line in body.splitlines()]
                    outer.headers.append(dict(self.headers))
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in?token=t-1"


@pytest.fixture
def receiver(settings):
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.05,))
    thread.start()
    settings.AUDIT_WEBHOOK, settings.EGRESS_NETWORKS = receiver.url, ["127.0.0.0/8"]
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


def seqs(receiver) -> list[int]:
    return [line["seq"] for line in receiver.lines]


def test_every_event_is_sent_once_and_the_next_run_goes_on(blue, red, login, receiver, settings):
    settings.AUDIT_WEBHOOK_TOKEN = "shown to the receiver"
    for _ in range(2):
        secrets.show_code(blue.caller("operator"), credential_id=login.id)
    assert streams.stream_trail(teams.operator()) == (3, [])
    assert seqs(receiver) == [1, 2, 3]
    assert receiver.headers[0]["Authorization"] == "Bearer shown to the receiver"
    assert streams.stream_trail(teams.operator()) == (0, [])
    secrets.show_code(blue.caller("operator"), credential_id=login.id)
    assert run("auditstream", "--once")[0] == "1 events sent\n"
    assert seqs(receiver) == [1, 2, 3, 4]


def test_what_an_outage_held_up_is_sent_afterwards(blue, login, receiver):
    receiver.answers = [503]
    sent, problems = streams.stream_trail(teams.operator())
    assert (sent, problems) == (0, ["webhook: 127.0.0.1 answered 503."])
    secrets.show_code(blue.caller("operator"), credential_id=login.id)
    assert streams.stream_trail(teams.operator())[0] == 2
    assert seqs(receiver) == [1, 2]


def test_an_event_that_is_committed_late_is_not_passed_over(blue, red, login, receiver):
    """Ids are given before they are committed; a chain's own numbers are not."""
    assert streams.stream_trail(teams.operator())[0] == 1
    secrets.show_code(blue.caller("operator"), credential_id=login.id)
    late = AuditEvent.objects.order_by("-id").first()
    assert late.seq == 2
    assert streams.stream_trail(teams.operator())[0] == 1


def test_a_redirect_is_not_followed(blue, login, receiver):
    receiver.answers = [302]
    assert streams.stream_trail(teams.operator()) == (0, ["webhook: 127.0.0.1 answered 302."])


def test_a_private_address_is_refused_unless_it_was_allowed(blue, login, receiver, settings):
    settings.EGRESS_NETWORKS = ["10.0.0.0/8"]
    sent, (problem,) = streams.stream_trail(teams.operator())
    assert (sent, receiver.lines) == (0, [])
    assert "not public" in problem
    assert "token" not in problem, "a path may hold one"


@pytest.mark.parametrize(("address", "fits"), [
    ("127.0.0.1", False), ("10.1.2.3", False), ("169.254.169.254", False), ("192.168.1.1", False), ("0.0.0.0", False),
    ("100.64.0.1", False), ("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("fe80::1", False),
    ("fc00::1", False), ("::ffff:127.0.0.1", False), ("::ffff:8.8.8.8", True), ("64:ff9b::a00:1", False),
    ("2002:7f00:1::", False), ("ff02::1", False), ("8.8.8.8", True), ("2606:4700::1111", True),
])  # fmt: skip
def test_only_public_addresses_fit(address, fits):
    assert egress.is_fit(ipaddress.ip_address(address), []) is fits


def test_a_name_of_which_one_address_is_private_is_refused(monkeypatch):
    found = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(egress.Unreachable, match="not public"):
        egress.destination("https://mixed.example/", [])


def test_syslog_over_tcp_gets_each_event_framed_by_its_length(blue, login, settings):
    taken: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            taken.append(self.rfile.read())

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        settings.AUDIT_SYSLOG = f"tcp://127.0.0.1:{server.server_address[1]}"
        settings.EGRESS_NETWORKS = ["127.0.0.1/32"]
        assert streams.stream_trail(teams.operator()) == (1, [])
        thread.join()
    length, _, message = taken[0].partition(b" ")
    assert int(length) == len(message)
    assert message.startswith(b"<109>1 20")
    assert json.loads(message[message.index(b"{") :])["action"] == "credential.add"


def test_syslog_takes_datagrams_too(blue, login, settings, tmp_path):
    path = str(tmp_path / "log")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(path)
        settings.AUDIT_SYSLOG = f"unix://{path}"
        assert streams.stream_trail(teams.operator()) == (1, [])
        assert b"credential.add" in server.recv(10_000)
    assert streams.stream_trail(teams.operator())[1] == [], "nothing new, nothing to say"


def test_without_a_receiver_it_says_what_is_missing(db):
    with pytest.raises(Invalid, match="AUDIT_SYSLOG or AUDIT_WEBHOOK"):
        streams.stream_trail(teams.operator())


def test_nobody_but_the_shell_streams(blue):
    with pytest.raises(NotAllowed):
        streams.stream_trail(blue.caller("owner"))


# Checkpoints


def test_a_checkpoint_goes_to_the_file_and_to_the_webhook_and_auditverify_compares(blue, login, receiver, settings,
                                                                                  tmp_path):  # fmt: skip
    settings.AUDIT_CHECKPOINT_WEBHOOK, settings.AUDIT_CHECKPOINT_FILE = receiver.url, str(tmp_path / "heads")
    run("auditcheckpoint")
    out, _ = run("auditcheckpoint")
    assert receiver.lines[1] == json.loads(out)
    assert (tmp_path / "heads").read_text().splitlines()[1] == out.strip()
    assert run("auditverify", "--team", "blue")[0] == "blue: holds up to event 1\n"
    found = proofs.verify_trail(teams.operator("blue"), checkpoints=[json.dumps(receiver.lines[0])])
    assert not any(one.is_broken for one in found)
