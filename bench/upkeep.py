"""What keeps a vault of any size alive: a rotation of keys and a backup while it serves, and a restore.

The rotation leaves the kept vault under its new key, so that the next run rotates again.
"""

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_urlsafe

import psutil

from bench.asking import RIGHT, Asking
from bench.load import Load, drive
from bench.run import Bench, Vault, teams_of
from tests.server import ROOT

WORK = ("totp_code_kernel", "credential_create", "credential_get")  # asked for meanwhile, in turns
CONNECTIONS = 2
EARLY = 5  # seconds


@dataclass
class Command:
    """A command of manage.py that runs, and what it takes."""

    words: tuple[str, ...]
    env: dict[str, str]
    seconds: float = 0.0
    cpu: float = 0.0
    early: int = 0  # bytes in memory after the first moments
    memory: int = 0  # the most it ever held

    def __post_init__(self) -> None:
        self.began = time.perf_counter()
        self.status = 0
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *self.words], cwd=ROOT, env=self.env,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.waiter = threading.Thread(target=self._wait)
        self.waiter.start()

    def _wait(self) -> None:
        """The kernel's own figures, once it has ended."""
        _, self.status, used = os.wait4(self.process.pid, 0)
        self.seconds = time.perf_counter() - self.began
        self.cpu, self.memory = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024

    def runs(self) -> bool:
        if time.perf_counter() - self.began < EARLY:
            with suppress(psutil.NoSuchProcess):
                self.early = max(self.early, psutil.Process(self.process.pid).memory_info().rss)
        return self.waiter.is_alive()

    def finish(self) -> None:
        while self.runs():
            time.sleep(0.2)
        if self.status:
            raise RuntimeError(f"{self.words} ended with {self.status}")


def upkeep(bench: Bench) -> None:
    for engine in bench.engines:
        with bench.vault(engine, teams_of(bench.sizes[-1])) as vault:
            _rotate(bench, vault)
            _back_up_and_restore(bench, vault)


def _rotate(bench: Bench, vault: Vault) -> None:
    """Under load with both keys; afterwards everything opens with the new one alone."""
    env, new = vault.server.env, token_urlsafe(48)
    env["VAULT_KEYS"] = f"{new},{env['VAULT_KEYS']}"
    vault.server.start()
    try:
        load = _serve_meanwhile(vault, command := Command(("rotatekeys",), env))
        again = Command(("rotatekeys",), env)
        again.finish()
    finally:
        vault.server.stop()
    _tell(bench, vault, "rotatekeys", command, load)
    _tell(bench, vault, "rotatekeys with nothing to do", again)
    env["VAULT_KEYS"] = new
    bench.keep(vault)
    vault.server.start()
    try:
        _ask(vault, Asking(vault), WORK[0], Load(), seconds=2)
    finally:
        vault.server.stop()


def _back_up_and_restore(bench: Bench, vault: Vault) -> None:
    file = vault.server.folder / "backup"
    file.unlink(missing_ok=True)
    vault.server.start()
    try:
        load = _serve_meanwhile(vault, command := Command(("backup", str(file)), vault.server.env))
    finally:
        vault.server.stop()
    _tell(bench, vault, "backup", command, load)
    bench.tell(vault.engine, f"backup of {sum(vault.sizes):,}: file", file.stat().st_size / 1e6, "MB")
    with bench.empty_database(vault) as env:
        command = Command(("restore", str(file)), env)
        command.finish()
    _tell(bench, vault, "restore, verified", command)
    file.unlink()


def _serve_meanwhile(vault: Vault, command: Command) -> Load:
    """Ask while a command runs; anything but the right answer ends the run."""
    asking, load, turn = Asking(vault), Load(), 0
    while command.runs():
        _ask(vault, asking, WORK[turn % len(WORK)], load, seconds=0.5)
        turn += 1
    command.finish()
    return load


def _ask(vault: Vault, asking: Asking, path: str, load: Load, *, seconds: float) -> None:
    load.statuses.clear()
    drive(vault.url, asking.path(path, min(10, len(vault.sizes))), connections=CONNECTIONS, seconds=seconds, into=load)
    if set(load.statuses) - {RIGHT.get(path, 200)}:
        raise RuntimeError(f"{path} was answered {dict(load.statuses)}:\n{vault.server.log[-2000:]}")


def _tell(bench: Bench, vault: Vault, name: str, command: Command, load: Load | None = None) -> None:
    about = f"{name} of {sum(vault.sizes):,}"
    bench.tell(vault.engine, f"{about}: time", command.seconds, "s")
    bench.tell(vault.engine, f"{about}: CPU of the command", command.cpu, "s")
    bench.tell(vault.engine, f"{about}: memory", command.memory / 1e6, "MB")
    bench.tell(vault.engine, f"{about}: memory in its first 5 s", command.early / 1e6, "MB")
    if load:
        bench.tell(vault.engine, f"{about}: requests meanwhile, none refused", load.answers, "")
        bench.tell(vault.engine, f"{about}: the slowest of them", 1000 * max(load.delays), "ms")
