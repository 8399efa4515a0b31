"""API keys (digest only), the link of the first run, and the canary that tells a wrong key at start."""

from django.conf import settings
from django.db import models

from credentials.models.teams import Team
from credentials.sealed import SealedTextField


class ApiKey(models.Model):
    """`prefix` is the part in clear that finds the row; `digest` is the SHA-256 of the whole random key."""

    id = models.CharField(primary_key=True, max_length=40)
    team = models.ForeignKey(Team, models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=255)
    prefix = models.CharField(max_length=20, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    networks = models.JSONField(default=list)  # CIDR texts; empty: from anywhere
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="api_keys"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    rotated_at = models.DateTimeField(null=True, blank=True)  # replaced by another; works on until it expires
    # Made from the command line: such a key counts as an owner's. One whose creator is gone does not.
    by_operator = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["team", "name"],
                condition=models.Q(revoked_at=None, rotated_at=None),
                name="one_key_per_name",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class SetupLink(models.Model):
    """The one-time link that makes the first owner; only the digest of its token is kept."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"setup link until {self.expires_at:%Y-%m-%d %H:%M}"


class Canary(models.Model):
    """One row that opens with the right keys, and names the keys it was made with."""

    token = SealedTextField(null=True)
    vault_key_id = models.CharField(max_length=16)
    salt_key_id = models.CharField(max_length=16)
    audit_key_id = models.CharField(max_length=16)

    def __str__(self) -> str:
        return "canary"

    def seal_place(self, column: str) -> tuple[str, ...]:
        return (f"canary.{column}",)
