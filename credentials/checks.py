"""System checks: what settings.py cannot see by itself."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db.utils import DatabaseError

from credentials.errors import SealBroken


@register(Tags.security)
def transactions_are_the_vaults(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A request-wide transaction would swallow the event of a refusal."""
    if any(database.get("ATOMIC_REQUESTS") for database in settings.DATABASES.values()):
        return [Error("ATOMIC_REQUESTS must stay off: the vault opens its own transactions.", id="credentials.E001")]
    return []


@register(Tags.security)
def keys_differ(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Each key has one job; one text in two places would tie them together."""
    keys = [settings.SECRET_KEY, settings.AUDIT_KEY, *settings.VAULT_KEYS, *settings.SALT_KEY]
    if len(set(keys)) < len(keys):
        return [Error("SECRET_KEY, VAULT_KEYS, SALT_KEY and AUDIT_KEY must all differ.", id="credentials.E002")]
    return []


@register(Tags.database)
def canary_sings(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """With `check --database default`: the keys open what the database holds."""
    from credentials.vault.seals import open_canary

    if not databases:
        return []
    try:
        open_canary()
    except SealBroken as broken:
        return [Error(broken.message, id="credentials.E003")]
    except DatabaseError:  # before the first migration there is nothing to open
        return []
    return []
