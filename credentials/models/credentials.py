"""Credentials: metadata in one table that lists and searches read, sealed values in another that only verbs open."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from credentials.models.teams import Team
from credentials.sealed import SealedColumn, SealedTextField


class Folder(models.Model):
    id = models.CharField(primary_key=True, max_length=40)
    team = models.ForeignKey(Team, models.PROTECT, related_name="folders")
    title = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class CredentialQuerySet(models.QuerySet["Credential"]):
    def of(self, team_id: str | None) -> "CredentialQuerySet":
        return self.filter(team_id=team_id)

    def kept(self) -> "CredentialQuerySet":
        return self.filter(deleted_at=None)

    def in_trash(self) -> "CredentialQuerySet":
        return self.filter(deleted_at__isnull=False)


class Credential(models.Model):
    """Metadata only: no column of this table is a secret, so no list or search can show one."""

    class Type(models.TextChoices):
        PASSWORD = "password", "Login"
        CREDIT_CARD = "credit_card", "Card"
        SECRET = "secret", "Secret"

    class TotpType(models.TextChoices):
        NONE = "none"
        AUTHENTICATOR = "authenticator"
        EMAIL = "email"
        TEXT = "text"
        PASSKEY = "passkey"

    id = models.CharField(primary_key=True, max_length=40)
    team = models.ForeignKey(Team, models.PROTECT, related_name="credentials")
    folder = models.ForeignKey(Folder, models.SET_NULL, null=True, blank=True, related_name="credentials")
    name = models.TextField(blank=True)
    name_key = models.CharField(max_length=150, blank=True)  # case-folded start of the name: sorts and compares
    type = models.CharField(max_length=20, choices=Type.choices)
    domain = models.CharField(max_length=255, blank=True)  # part of every seal
    url = models.CharField(max_length=2000, blank=True)
    username = models.CharField(max_length=500, blank=True)
    secret_label = models.CharField(max_length=500, blank=True)
    card_last_four = models.CharField(max_length=4, blank=True)
    card_brand = models.CharField(max_length=100, blank=True)
    sso_provider = models.CharField(max_length=100, blank=True)
    search_text = models.TextField(blank=True)  # what search looks through, case-folded
    value_keys = models.JSONField(default=list)
    totp_type = models.CharField(max_length=20, choices=TotpType.choices, default=TotpType.NONE)
    totp_identifier = models.CharField(max_length=500, blank=True)
    has_totp = models.BooleanField(default=False)
    totp_algorithm = models.CharField(max_length=10, blank=True)
    totp_digits = models.PositiveSmallIntegerField(null=True, blank=True)
    totp_period = models.PositiveSmallIntegerField(null=True, blank=True)
    totp_is_short = models.BooleanField(default=False)
    agent_settings = models.JSONField(default=dict, db_default={}, blank=True)  # see vault/agent_settings.py
    current_number = models.PositiveIntegerField(default=0)  # the version that is current
    revision = models.PositiveIntegerField(default=1)  # counts edits: two people never overwrite each other
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=254, blank=True)
    updated_at = models.DateTimeField()
    rotated_at = models.DateTimeField()
    expires_on = models.DateField(null=True, blank=True)  # until when the site or the house rules let it be good
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_by = models.CharField(max_length=254, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index("team", "name_key", "id", condition=Q(deleted_at=None), name="list_by_name"),
            models.Index("team", F("created_at").desc(), F("id").desc(), name="list_by_age"),
            models.Index("team", "domain", name="list_by_domain"),
            models.Index("team", "folder", "name_key", "id", condition=Q(deleted_at=None), name="list_by_folder"),
            models.Index("team", "name_key", "id", condition=Q(deleted_at__isnull=False), name="list_trash"),
            models.Index(
                "team", "name_key", "id", "expires_on",
                condition=Q(deleted_at=None, expires_on__isnull=False), name="list_expiring",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return self.name or self.id

    @property
    def url_is_at_home(self) -> bool:
        """Whether the address leads to the domain that the seals are bound to: only then is it a link."""
        found = (urlsplit(self.url).hostname or "").lower()
        return bool(self.domain) and (found == self.domain or found.endswith(f".{self.domain}"))


class Favourite(models.Model):
    """A credential that a person wants first in their list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="favourites")
    credential = models.ForeignKey(Credential, models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "credential"], name="one_favourite_per_person"),)

    def __str__(self) -> str:
        return f"{self.user_id} likes {self.credential_id}"


class SecretVersion(models.Model):
    """One state of a credential's secrets. `values` is a JSON object of text; `totp_secret` stands alone, so that
    a code opens only the seed."""

    credential = models.ForeignKey(Credential, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    values: SealedColumn = SealedTextField(null=True)
    totp_secret: SealedColumn = SealedTextField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["credential", "number"], name="one_version_per_number"),)

    def __str__(self) -> str:
        return f"version {self.number} of {self.credential_id}"

    def seal_place(self, column: str) -> tuple[str, ...]:
        owner = self.credential
        return (f"secret_version.{column}", owner.team_id, owner.id, str(self.number), owner.domain)


class RotationMark(models.Model):
    """Somebody saw secrets of this credential and should not know them any more. Done once all of them changed."""

    credential = models.ForeignKey(Credential, models.CASCADE, related_name="rotation_marks")
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=40)
    actor_label = models.CharField(max_length=254, blank=True)
    names = models.JSONField(default=list)  # of the secrets that were seen
    version = models.PositiveIntegerField()  # the one that was current when it was marked
    marked_at = models.DateTimeField()
    marked_by = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["credential", "actor_kind", "actor_id"], name="one_mark_per_actor"),
        )

    def __str__(self) -> str:
        return f"{self.credential} was seen by {self.actor_label}"
