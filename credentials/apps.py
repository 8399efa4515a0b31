"""The Django app; loads the system checks."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "credentials"
    verbose_name = "Vault"

    def ready(self) -> None:
        from credentials import checks  # noqa: F401  registering is what the import is for
