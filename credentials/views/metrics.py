"""The page that monitoring reads: for who brings METRICS_TOKEN or comes from METRICS_NETWORKS; unknown to others."""

import ipaddress
from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST

from credentials.errors import NotFound
from credentials.metrics import shown
from credentials.vault import proofs


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS or not (_has_token(request) or _is_near(request)):
        raise NotFound
    return HttpResponse(shown(proofs.chain_states()), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    return bool(token) and compare_digest(given.encode("utf-8", "surrogatepass"), token.encode())


def _is_near(request: HttpRequest) -> bool:
    try:
        peer = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(peer in ipaddress.ip_network(network) for network in settings.METRICS_NETWORKS)
