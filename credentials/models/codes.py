"""Received codes: one-time codes and links that somebody forwarded to us."""

from django.db import models
from django.db.models import F

from credentials.models.teams import Team
from credentials.sealed import SealedTextField


class ReceivedCode(models.Model):
    id = models.CharField(primary_key=True, max_length=40)
    team = models.ForeignKey(Team, models.PROTECT, related_name="received_codes")
    identifier = models.CharField(max_length=500, blank=True)  # as sent
    identifier_key = models.CharField(max_length=500, blank=True)  # normalised, for matching
    content = SealedTextField(null=True)
    code = SealedTextField(null=True)
    otp_type = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=100, blank=True)
    task_id = models.CharField(max_length=200, blank=True)
    workflow_id = models.CharField(max_length=200, blank=True)
    workflow_run_id = models.CharField(max_length=200, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=254, blank=True)

    class Meta:
        indexes = (
            models.Index("team", "identifier_key", F("received_at").desc(), name="codes_by_identifier"),
            models.Index("received_at", name="codes_by_age"),
        )

    def __str__(self) -> str:
        return self.id

    def seal_place(self, column: str) -> tuple[str, ...]:
        return (f"received_code.{column}", self.team_id, self.id)
