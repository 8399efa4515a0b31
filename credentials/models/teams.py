"""Teams own everything; a membership is a user in a team with a role."""

from django.conf import settings
from django.db import models


class Role(models.TextChoices):
    AUDITOR = "auditor"
    OPERATOR = "operator"
    MANAGER = "manager"
    OWNER = "owner"


class Team(models.Model):
    id = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    created_at = models.DateTimeField()
    step_up_minutes = models.PositiveSmallIntegerField(default=5)
    requires_second_factor = models.BooleanField(default=False, db_default=False)
    code_retention_hours = models.PositiveIntegerField(default=24)
    versions_kept = models.PositiveSmallIntegerField(default=20)
    operators_reveal = models.BooleanField(default=True, db_default=True)
    reveal_seconds = models.PositiveSmallIntegerField(default=20, db_default=20)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["team", "user"], name="one_membership_per_team"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="known_role"),
        )

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.team}"


class Invitation(models.Model):
    """Somebody is asked into a team: by a link that works once, for one address, for some days. Digest only."""

    id = models.CharField(primary_key=True, max_length=40)
    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=254, blank=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # used or withdrawn

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["team", "email"], condition=models.Q(ended_at=None), name="one_open_invitation"
            ),
        )

    def __str__(self) -> str:
        return f"{self.email} as {self.role} of {self.team}"
