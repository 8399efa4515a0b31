"""`serve`: the production server on 127.0.0.1, after the keys were tried on the database."""

from typing import Any

import uvicorn
from django.conf import settings

from credentials.management.door import VaultCommand
from credentials.vault import setup

MOST_CONNECTIONS = 2000  # of one process; more are told 503, since answers wait in memory


class Command(VaultCommand):
    help = "Serve on 127.0.0.1:PORT. On the first run, print the one-time link that creates the first owner."

    def run(self, **options: Any) -> None:
        path = setup.setup_path()
        if path:
            self.tell(f"First run: create the first owner and team at\n  {settings.BASE_URL}{path}")
        self.tell(f"Strongroom listens on http://127.0.0.1:{settings.PORT}")
        uvicorn.run(
            "config.asgi:application",
            host="127.0.0.1",
            port=settings.PORT,
            workers=settings.PROCESSES,
            lifespan="off",
            log_level="warning",
            access_log=False,  # paths hold one-time tokens
            server_header=False,
            proxy_headers=bool(settings.TRUSTED_PROXIES),
            forwarded_allow_ips=settings.TRUSTED_PROXIES,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=10,
        )
