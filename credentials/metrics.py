"""Counts and times for Prometheus, by door and verb; no label ever holds a name, an id or an address.

Every process writes its own file in METRICS_FOLDER and each of them answers with the sum. Off without METRICS_TOKEN and
METRICS_NETWORKS. `counted` is a middleware; `views/metrics.py` shows the page.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
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
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    states = Gauge(CHAINS, "Chains of the audit, by what the last verification said.", ["state"], registry=registry)
    for state, many in chains.items():
        states.labels(state).set(many)
    return generate_latest(registry)


def start_anew() -> None:
    """Forget the counts of processes that ended; before any process counts."""
    for file in Path(settings.METRICS_FOLDER).glob("*.db") if settings.METRICS else ():
        file.unlink(missing_ok=True)
