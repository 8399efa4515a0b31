"""`serve`: the production server on HOST:PORT, after the keys were tried on the database."""

import resource
from contextlib import suppress
from typing import Any

import uvicorn
from django.conf import settings
from uvicorn.supervisors import Multiprocess

from config.connections import Connection
from credentials import metrics
from credentials.management.door import VaultCommand
from credentials.vault import setup


def allow_connections() -> None:
    """As many open files as the system lets us have, so that MOST_CONNECTIONS is met first and told politely."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Supervisor(Multiprocess):
    """Of several processes. Lets go of the port first when all end: whoever connects then would wait for nobody, and be
    cut off at the end; refused at once, a proxy asks another server."""

    def terminate_all(self) -> None:
        for port in self.sockets:
            port.close()
        super().terminate_all()


def run(config: uvicorn.Config) -> None:
    with suppress(KeyboardInterrupt):
        if config.workers > 1:
            Supervisor(config, [config.bind_socket()]).run()
        else:
            uvicorn.Server(config).run()


class Command(VaultCommand):
    help = "Serve on HOST:PORT. On the first run, print the one-time link that creates the first owner."

    def run(self, **options: Any) -> None:
        path = setup.setup_path()
        if path:
            self.tell(f"First run: create the first owner and team at\n  {settings.BASE_URL}{path}")
        allow_connections()
        metrics.start_anew()
        self.tell(f"Strongroom listens on http://{settings.HOST}:{settings.PORT}")
        config = uvicorn.Config(
            "config.asgi:application",
            http=Connection,
            host=settings.HOST,
            port=settings.PORT,
            workers=settings.PROCESSES,
            lifespan="off",
            log_level="warning",
            access_log=False,  # paths hold one-time tokens
            server_header=False,
            proxy_headers=bool(settings.TRUSTED_PROXIES),
            forwarded_allow_ips=settings.TRUSTED_PROXIES,
            timeout_graceful_shutdown=10,
            # A busy machine is slow: a process taken for dead after 5 seconds takes its requests along.
            timeout_worker_healthcheck=30,
        )
        run(config)
