"""The hot paths under load, beside the floors: in short turns, again and again, so that a busy moment falls on all."""

from dataclasses import dataclass

from bench.asking import CODES, CREDENTIALS, FLOORS, PAGES, RIGHT, Asking
from bench.figures import Row, percentile
from bench.load import Load, drive
from bench.processes import cpu_of
from bench.run import Bench, Vault

CONNECTIONS = (1, 16, 64)
SPREAD = 100
TURNS = 2
WARM = 0.2  # seconds of every path, before anything counts


@dataclass(frozen=True)
class Shape:
    """How a load lies: over how many teams, on how many connections."""

    teams: int
    connections: int


def codes(bench: Bench) -> None:
    _group(bench, CODES)


def credentials(bench: Bench) -> None:
    _group(bench, CREDENTIALS)


def pages(bench: Bench) -> None:
    _group(bench, PAGES)


def _group(bench: Bench, paths: tuple[str, ...]) -> None:
    """On one large team, and over a hundred small ones beside it."""
    wanted = [path for path in paths if bench.only in path]
    for engine in bench.engines if wanted else ():
        with bench.serving(engine, [bench.size, *[10] * (SPREAD - 1)]) as vault:
            asking = Asking(vault)
            asking.come_in()
            for teams in (1, SPREAD):
                for path in (*FLOORS, *wanted):  # every key and every statement was used before
                    _turn(vault, asking, path, Shape(teams, 4), WARM, Load())
                for connections in CONNECTIONS:
                    bench.rows += measured(vault, asking, wanted, Shape(teams, connections), bench.seconds)


def floors(vault: Vault, asking: Asking, shape: Shape, seconds: float) -> list[float]:
    """Requests per second of the floors alone, for what is measured in another way."""
    rates = []
    for path in FLOORS:
        load = Load()
        _turn(vault, asking, path, shape, seconds, load)
        rates.append(load.answers / load.seconds)
    return rates


def measured(vault: Vault, asking: Asking, paths: list[str], shape: Shape, seconds: float) -> list[Row]:
    """A row for each floor and each path."""
    loads = {path: Load() for path in (*FLOORS, *paths)}
    for _ in range(TURNS):
        for path, load in loads.items():
            _turn(vault, asking, path, shape, seconds / TURNS, load)
    rates = [loads[floor].answers / loads[floor].seconds for floor in FLOORS]
    return [_row(vault, path, shape, load, rates) for path, load in loads.items()]


def _turn(vault: Vault, asking: Asking, path: str, shape: Shape, seconds: float, load: Load) -> None:
    before = cpu_of(vault.pid), cpu_of(vault.database_pid)
    drive(vault.url, asking.path(path, shape.teams), connections=shape.connections, seconds=seconds, into=load)
    load.cpu += cpu_of(vault.pid) - before[0]
    load.database_cpu += cpu_of(vault.database_pid) - before[1]
    right = RIGHT.get(path, 200)
    if set(load.statuses) - {right}:
        raise RuntimeError(f"{path} was answered {dict(load.statuses)}:\n{vault.server.log[-2000:]}")


def _row(vault: Vault, path: str, shape: Shape, load: Load, floors: list[float]) -> Row:
    rate, many = load.answers / load.seconds, load.answers
    return Row(
        vault.engine, sum(vault.sizes), path.replace("_", " "), shape.teams, shape.connections, rate,
        1000 * percentile(load.delays, 0.5), 1000 * percentile(load.delays, 0.99),
        1000 * load.cpu / many, 1000 * load.database_cpu / many, load.own_cpu / load.seconds,
        rate / floors[0], rate / floors[1],
    )  # fmt: skip
