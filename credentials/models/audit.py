"""Audit events. Append-only three times: here, in the admin, and by a trigger in the database."""

from datetime import UTC
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
            # For the admin, across teams: what is rare is what one looks for, and whatever one filters by may be.
            models.Index("action", "at", name="audit_by_action"),
            models.Index("outcome", "at", name="audit_by_outcome"),
            models.Index("door", "at", name="audit_by_door"),
            models.Index("actor_kind", "at", name="audit_by_kind"),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(APPEND_ONLY)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError(APPEND_ONLY)


class AuditAnchor(models.Model):
    """Up to where a chain was archived: its events up to `seq` are in a file, and verification goes on from `hash`.

    As append-only as the events: a trigger refuses to change or delete one.
    """

    chain = models.CharField(max_length=40)  # the team's id, or "system"
    seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    file_digest = models.CharField(max_length=64)  # SHA-256 of the file
    at = models.DateTimeField()
    mac = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["chain", "seq"], name="one_anchor_per_seq"),)

    def __str__(self) -> str:
        return f"{self.chain} is archived up to event {self.seq}"

    def signed_fields(self) -> dict[str, Any]:
        return {"chain": self.chain, "seq": self.seq, "hash": self.hash, "file_digest": self.file_digest}


class ChainState(models.Model):
    """What the last verification of a chain said; cheap to show, and signed like everything that proves something."""

    chain = models.CharField(primary_key=True, max_length=40)
    seq = models.PositiveBigIntegerField()  # holds up to this event
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    broken_at = models.PositiveBigIntegerField(null=True)
    why = models.CharField(max_length=200, blank=True)
    mac = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.chain} holds up to event {self.seq}"

    def signed_fields(self) -> dict[str, Any]:
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return {"chain": self.chain, "seq": self.seq, "hash": self.hash, "at": at, "broken_at": self.broken_at}


class StreamCursor(models.Model):
    """Up to which event of a chain a receiver has taken the audit. Per chain, whose numbers have no gaps: a number
    given across chains may be committed after a higher one, and would be passed over."""

    sink = models.CharField(max_length=20)
    chain = models.CharField(max_length=40)
    seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["sink", "chain"], name="one_cursor_per_chain"),)

    def __str__(self) -> str:
        return f"{self.sink} has {self.chain} up to event {self.seq}"
