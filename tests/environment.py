"""Throw-away settings for tests and lint, so that neither needs nor reads the .env of this machine.

Imported by conftest.py before django.setup(); or in front of a command: `python tests/environment.py mypy`.
"""

import hashlib
import os
import shutil
import sys


def key(name: str) -> str:
    """The same in every xdist worker, so computed rather than drawn."""
    return hashlib.sha256(f"throw-away {name}".encode()).hexdigest()


VALUES = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "STRONGROOM_ENV_FILE": "",  # empty: read no .env
    **{name: key(name) for name in ("SECRET_KEY", "VAULT_KEYS", "SALT_KEY", "AUDIT_KEY")},
    "DATABASE_URL": "sqlite://:memory:",
    "CACHE_URL": "locmemcache://",
    "EMAIL_URL": "memorymail://",
    "BASE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "DEBUG": "false",
}

for name, value in VALUES.items():
    os.environ.setdefault(name, value)  # so that one value can be chosen from outside, as on_postgres.py does


if __name__ == "__main__":
    # What was installed beside this Python comes first: lint must not depend on an activated venv.
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    command = shutil.which(sys.argv[1]) or sys.exit(f"{sys.argv[1]}: not installed")
    os.execv(command, sys.argv[1:])
