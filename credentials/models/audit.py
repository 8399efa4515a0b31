"""Audit events. Append-only three times: here, in the admin, and by a trigger in the database."""

from typing import Any, Never

from django.db import models
from django.db.models import Q

from credentials.models.teams import Team

APPEND_ONLY = "Audit events are append-only: they are neither changed nor deleted."


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    def update(self, **kwargs: Any) -> Never:
        raise TypeError(APPEND_ONLY)

    def delete(self) -> Never:
        raise TypeError(APPEND_ONLY)


class AuditEvent(models.Model):
    """One thing that was done, refused or failed. Chained per team; without a team, in the system's chain."""

    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="audit_events")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=40, blank=True)
    actor_label = models.CharField(max_length=254, blank=True)
    door = models.CharField(max_length=20)
    action = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10)
    target_kind = models.CharField(max_length=20, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    target_label = models.CharField(max_length=254, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=40, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["team", "seq"], name="one_event_per_seq"),
            models.UniqueConstraint(fields=["seq"], condition=Q(team=None), name="one_system_event_per_seq"),
        )
        indexes = (
            models.Index("team", "target_id", "seq", name="audit_by_target"),
            models.Index("team", "actor_id", "seq", name="audit_by_actor"),
            models.Index("at", name="audit_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(APPEND_ONLY)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError(APPEND_ONLY)
