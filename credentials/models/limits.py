"""How often somebody came: one row for each subject and window of time. vault/limits.py writes it."""

from django.db import models


class RequestCount(models.Model):
    subject = models.CharField(max_length=64)  # a digest: an address or a name is nobody's business here
    window_ends = models.PositiveBigIntegerField()  # Unix seconds
    taken = models.PositiveBigIntegerField(default=0)  # permits leased to processes; at most a batch beyond the limit
    told = models.BooleanField(default=False)  # whether the audit has the event that says so

    class Meta:
        constraints = (models.UniqueConstraint(fields=["subject", "window_ends"], name="one_count_per_window"),)
        indexes = (models.Index("window_ends", name="counts_by_age"),)

    def __str__(self) -> str:
        return f"{self.taken} until {self.window_ends}"
