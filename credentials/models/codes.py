"""Received codes: one-time codes and links that somebody forwarded to us."""

from django.db import models
from django.db.models import F

from credentials.models.teams import Team
from credentials.sealed import SealedColumn, SealedTextField


class ReceivedCode(models.Model):
    """One message. `otp_type` is empty while nothing was found in it; `code` is NULL when there is none to hand out."""

    class Type(models.TextChoices):
        TOTP = "totp", "Code"
        MAGIC_LINK = "magic_link", "Link"

    id = models.CharField(primary_key=True, max_length=40)
    team = models.ForeignKey(Team, models.PROTECT, related_name="received_codes")
    identifier = models.CharField(max_length=500, blank=True)  # otp.identifier.stored
    identifier_key = models.CharField(max_length=500, blank=True)  # otp.identifier.key, for matching
    content: SealedColumn = SealedTextField(null=True)
    code: SealedColumn = SealedTextField(null=True)
    otp_type = models.CharField(max_length=20, blank=True)
    confidence = models.FloatField(default=0, db_default=0.0)  # 0 to 1
    reason = models.CharField(max_length=400, blank=True, default="", db_default="")  # why it is the code, in words
    source = models.CharField(max_length=100, blank=True)
    task_id = models.CharField(max_length=200, blank=True)
    workflow_id = models.CharField(max_length=200, blank=True)
    workflow_run_id = models.CharField(max_length=200, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    # A claim is for ever: by whom, and for which task or run.
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=254, blank=True)
    claimed_task_id = models.CharField(max_length=200, blank=True, default="", db_default="")
    claimed_workflow_id = models.CharField(max_length=200, blank=True, default="", db_default="")
    claimed_workflow_run_id = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        indexes = (
            models.Index("team", "identifier_key", F("received_at").desc(), name="codes_by_identifier"),
            models.Index("team", F("received_at").desc(), F("id").desc(), name="codes_of_team"),
            models.Index("received_at", name="codes_by_age"),
        )

    def __str__(self) -> str:
        return self.id

    def seal_place(self, column: str) -> tuple[str, ...]:
        return (f"received_code.{column}", self.team_id, self.id, self.identifier)
