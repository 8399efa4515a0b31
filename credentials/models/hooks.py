"""Hooks: addresses that say by themselves who calls. Forwarders post codes to one kind, agents ask the other."""

from django.db import models
from django.db.models import Q

from credentials.models.credentials import Credential
from credentials.models.teams import Team
from credentials.sealed import SealedColumn, SealedTextField


class HookKind(models.TextChoices):
    RECEIVE = "receive", "takes in codes"
    ANSWER = "answer", "answers with codes"


class HookAddress(models.Model):
    """`prefix` is the part of the token in clear that finds the row; `digest` is the SHA-256 of the whole token."""

    id = models.CharField(primary_key=True, max_length=40)
    team = models.ForeignKey(Team, models.PROTECT, related_name="hooks")
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, choices=HookKind.choices)
    identifier = models.CharField(max_length=500, blank=True)  # whom the codes are for
    # Instead of an identifier: the credential's own, and its TOTP secret. Without it the hook is of no use any more.
    credential = models.ForeignKey(Credential, models.CASCADE, null=True, blank=True, related_name="hooks")
    prefix = models.CharField(max_length=20, unique=True)
    digest = models.CharField(max_length=64)
    signing_key: SealedColumn = SealedTextField(null=True)  # what requests must be signed with, if anything
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=254, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["team", "name"], condition=Q(revoked_at=None), name="one_hook_per_name"),
            models.CheckConstraint(condition=Q(kind__in=HookKind.values), name="known_hook_kind"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def seal_place(self, column: str) -> tuple[str, ...]:
        return (f"hook_address.{column}", self.team_id, self.id, self.kind)
