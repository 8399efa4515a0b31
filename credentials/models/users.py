"""People. The e-mail address is the login; it is stored in lower case and unique."""

from typing import Any, ClassVar, Never

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail; a user without a password sets one through a one-time link."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *args: Any, **fields: Any) -> Never:
        raise ImproperlyConfigured("Only the first run's link makes a superuser, with its event.")

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractUser):
    username = None  # type: ignore[assignment]  # Django's documented way to drop the column
    email = models.EmailField("e-mail address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()  # type: ignore[misc,assignment]  # replaces AbstractUser's manager

    def __str__(self) -> str:
        return self.email


class SignedIn(models.Model):
    """One session of a person, for them to look at and to end. Like the session itself it is kept by digest."""

    digest = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="signed_in")
    at = models.DateTimeField()
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.user} since {self.at:%Y-%m-%d %H:%M}"
