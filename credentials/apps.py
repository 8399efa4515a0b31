"""The Django app; loads the system checks."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class CredentialsConfig(AppConfig):
    name = "credentials"
    verbose_name = "Vault"

    def ready(self) -> None:
        from credentials import checks  # noqa: F401  registering is what the imports are for
        from credentials.accounts import events  # noqa: F401


class VaultAdminConfig(AdminConfig):
    default_site = "credentials.admin_site.VaultAdmin"
