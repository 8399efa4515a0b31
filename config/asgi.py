"""The application that `manage.py serve` serves.

Django's own ASGI handler opens a thread and a database connection for every request and loses most of the speed.
So Django runs as WSGI in a fixed pool of threads whose connections last; routes that wait without holding a
thread can stand beside it as plain coroutines.
"""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from a2wsgi import WSGIMiddleware
from django.conf import settings

from config.wsgi import application as django_application

application = WSGIMiddleware(cast(Any, django_application), workers=settings.THREADS)
