"""The only way out: requests to destinations that an operator configured, guarded against being led elsewhere.

A name is resolved once; every address it has must be public or within `allowed`, and the connection goes to the very
address that was checked, so that a name cannot point elsewhere a moment later. Redirects are not followed. Pure: no
Django; settings are arguments.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SECONDS = 10
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # leads to any IPv4 address, private ones too
PORTS = {"http": 80, "https": 443, "tcp": 601, "udp": 514}


class Unreachable(Exception):
    """The destination was refused, did not answer, or did not take what was sent."""


@dataclass(frozen=True)
class Destination:
    """Where a configured URL leads, after its addresses were checked."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


def destination(url: str, allowed: Iterable[Network]) -> Destination:
    """Resolve and check. Raises Unreachable, which names the host and never the path (it may hold a token)."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    kind = socket.SOCK_DGRAM if parts.scheme == "udp" else socket.SOCK_STREAM
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=kind)]
    except OSError:
        raise Unreachable(f"{host} has no address.") from None
    networks = list(allowed)
    if not found or not all(is_fit(ipaddress.ip_address(one.partition("%")[0]), networks) for one in found):
        raise Unreachable(f"{host} leads to an address that is not public; allow its network to send there.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(parts.scheme, host, port, path, found[0])


def is_fit(address: Address, allowed: Iterable[Network]) -> bool:
    """Public, or allowed by name. An IPv6 address that wraps an IPv4 one is judged by what it wraps."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_fit(address.ipv4_mapped, allowed)
        if address.sixtofour or address.teredo or address in NAT64:
            return False
    if any(address in network for network in allowed):
        return True
    return address.is_global and not address.is_multicast


def post(url: str, body: bytes, *, headers: Mapping[str, str], allowed: Iterable[Network]) -> None:
    """POST to an http(s) URL; anything but a 2xx is Unreachable, a redirect too."""
    to = destination(url, allowed)
    line = _Pinned(to) if to.scheme == "https" else http.client.HTTPConnection(to.address, to.port, timeout=SECONDS)
    port = "" if to.port == PORTS.get(to.scheme) else f":{to.port}"
    host = f"[{to.host}]" if ":" in to.host else to.host
    try:
        line.request("POST", to.path, body, {**headers, "Host": f"{host}{port}"})
        status = line.getresponse().status
    except (OSError, http.client.HTTPException) as problem:
        raise Unreachable(f"{to.host} does not answer: {type(problem).__name__}.") from None
    finally:
        line.close()
    if not 200 <= status < 300:
        raise Unreachable(f"{to.host} answered {status}.")


class _Pinned(http.client.HTTPSConnection):
    """TLS to the checked address, with the certificate of the name."""

    def __init__(self, to: Destination) -> None:
        self._context_of = ssl.create_default_context()
        self._to = to
        super().__init__(to.address, to.port, timeout=SECONDS, context=self._context_of)

    def connect(self) -> None:
        plain = socket.create_connection((self._to.address, self._to.port), SECONDS)
        self.sock = self._context_of.wrap_socket(plain, server_hostname=self._to.host)


def send(url: str, messages: Iterable[bytes], *, allowed: Iterable[Network]) -> None:
    """Syslog: over tcp:// framed by octet counts (RFC 6587), over udp:// or unix:// a datagram each."""
    parts = urlsplit(url)
    try:
        if parts.scheme == "unix":
            _datagrams(socket.AF_UNIX, parts.path, messages)
            return
        to = destination(url, allowed)
        family = socket.AF_INET6 if ":" in to.address else socket.AF_INET
        if to.scheme == "udp":
            _datagrams(family, (to.address, to.port), messages)
            return
        with socket.create_connection((to.address, to.port), SECONDS) as line:
            line.sendall(b"".join(b"%d %s" % (len(message), message) for message in messages))
    except OSError as problem:
        raise Unreachable(f"{parts.hostname or parts.path} does not answer: {type(problem).__name__}.") from None


def _datagrams(family: int, where: str | tuple[str, int], messages: Iterable[bytes]) -> None:
    with socket.socket(family, socket.SOCK_DGRAM) as line:
        line.settimeout(SECONDS)
        for message in messages:
            line.sendto(message, where)
