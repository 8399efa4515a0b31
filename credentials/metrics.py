"""Counts and times for Prometheus, by door and verb; no label ever holds a name, an id or an address.

Every process writes its own file in METRICS_FOLDER and each of them answers with the sum. Off without METRICS_TOKEN and
METRICS_NETWORKS. `counted` is a middleware; `views/metrics.py` shows the page.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

Handler = Callable[[HttpRequest], HttpResponse]
REQUESTS = Counter("strongroom_requests", "Requests that were answered.", ["door", "verb", "status"])
EVENTS = Counter("strongroom_events", "What the audit wrote down: codes received and claimed, refusals, all else.",
                 ["action", "outcome"])  # fmt: skip
WAITING = Gauge("strongroom_waiting", "Requests that wait for a code.", multiprocess_mode="livesum")
CHAINS = "strongroom_chains"
SECONDS = Histogram("strongroom_request_seconds", "From the request's end to the answer's start.", ["door", "verb"])
DOORS = ("kernel", "skyvern", "mcp", "release", "hook", "account", "mfa", "admin")  # the rest are the team's pages


def counted(get_response: Handler) -> Handler:
    """Outermost: what a request cost, whatever answered it."""
    if not settings.METRICS:
        raise MiddlewareNotUsed

    def handle(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        door, verb = _labels(request)
        SECONDS.labels(door, verb).observe(time.perf_counter() - began)
        REQUESTS.labels(door, verb, str(response.status_code)).inc()
        return response

    return handle


def _labels(request: HttpRequest) -> tuple[str, str]:
    """Words of the map of URLs, never of the request."""
    match = request.resolver_match
    if match is None:
        return "none", "none"
    verb = match.url_name or "none"
    door = match.namespace or verb.partition("_")[0]
    return (door if door in DOORS else "web"), verb


def happened(action: str, outcome: str) -> None:
    """An event of the audit was committed; both words are of its closed lists."""
    if settings.METRICS:
        with suppress(OSError):  # a full disk must not make a failure of what is committed
            EVENTS.labels(action, outcome).inc()


def shown(chains: Mapping[str, int]) -> bytes:
    """What all processes counted, in Prometheus' text format, and how many chains of the audit are in which state."""
    _forget_the_dead()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    states = Gauge(CHAINS, "Chains of the audit, by what the last verification said.", ["state"], registry=registry)
    for state, many in chains.items():
        states.labels(state).set(many)
    with ExitStack() as stack:
        with suppress(OSError):  # root's command may have made the file: better a sum that is being moved than none
            stack.enter_context(_locked(fcntl.LOCK_SH))
        return generate_latest(registry)


def start_anew() -> None:
    """Forget the counts of processes that ended; before any process counts."""
    for file in Path(settings.METRICS_FOLDER).glob("*.db") if settings.METRICS else ():
        file.unlink(missing_ok=True)


def _forget_the_dead() -> None:
    """A process that was killed has nobody waiting any more."""
    for file in Path(settings.METRICS_FOLDER).glob("gauge_live*_*.db"):
        try:
            os.kill(int(file.stem.rpartition("_")[2]), 0)
        except ProcessLookupError:
            file.unlink(missing_ok=True)
        except PermissionError:
            continue  # it lives, as somebody else


@contextmanager
def _locked(kind: int) -> Iterator[None]:
    """Files that are moved into another are read by nobody meanwhile. Ends with the process, however that ends."""
    with (Path(settings.METRICS_FOLDER) / "commands.lock").open("a") as lock:
        fcntl.flock(lock, kind)
        yield


def leave() -> None:
    """A command ends: its counts join those of the commands before it, or every mail and timer would leave files."""
    if not settings.METRICS:
        return
    folder = Path(settings.METRICS_FOLDER)
    with suppress(OSError), _locked(fcntl.LOCK_EX):
        for counted in folder.glob(f"counter_{os.getpid()}.db"):
            _add(counted, to=folder / "counter_0.db")  # a number that no process has
        for file in folder.glob(f"*_{os.getpid()}.db"):
            file.unlink()


def _add(counted: Path, *, to: Path) -> None:
    sums = MmapedDict(str(to))  # type: ignore[no-untyped-call]
    for key, value, _ in MmapedDict(str(counted), read_mode=True).read_all_values():  # type: ignore[no-untyped-call]
        sums.write_value(key, sums.read_value(key)[0] + value, 0.0)  # type: ignore[no-untyped-call]
    sums.close()  # type: ignore[no-untyped-call]
