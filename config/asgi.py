"""The application that `manage.py serve` serves.

Django's own ASGI handler opens a thread and a database connection for every request and loses most of the speed.
So Django runs as WSGI in a fixed pool of threads whose connections last; routes that wait without holding a
thread can stand beside it as plain coroutines.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from a2wsgi import WSGIMiddleware  # noqa: E402  settings come first
from django.conf import settings  # noqa: E402

from config.wsgi import application as django_application  # noqa: E402

application = WSGIMiddleware(django_application, workers=settings.THREADS)
