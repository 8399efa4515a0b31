"""The application for WSGI servers. Importing it tries the keys on the database and raises when they do not fit."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from credentials.vault.seals import open_canary

# Whatever server imports this: with keys that do not open the database, there is nothing to serve.
open_canary()
