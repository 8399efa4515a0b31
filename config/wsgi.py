"""The application for WSGI servers. Importing it tries the keys on the database and raises when they do not fit."""

import os
from concurrent.futures import ThreadPoolExecutor

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from credentials.vault.seals import open_canary


def _try_the_keys() -> None:
    try:
        open_canary()
    finally:
        connections.close_all()


# Whatever server imports this: with keys that do not open the database, there is nothing to serve. In a thread of
# its own, since a server may import it from within its event loop, where Django refuses to ask the database.
with ThreadPoolExecutor(1) as thread:
    thread.submit(_try_the_keys).result()
