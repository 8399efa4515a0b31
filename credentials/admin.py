"""The admin: a read-only window on metadata and the audit. What has a verb is done by the verb, at its door."""

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from credentials.models import (
    ApiKey,
    AuditEvent,
    Credential,
    Folder,
    Membership,
    ReceivedCode,
    SecretVersion,
    Team,
    User,
)  # fmt: skip

if TYPE_CHECKING:  # Django's own classes take no type arguments when they run
    ModelAdmin: TypeAlias = admin.ModelAdmin[Any]
    TabularInline: TypeAlias = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline

for unwanted in (EmailAddress, Authenticator, Group):
    # They would show sealed seeds, or give rights without an event.
    if admin.site.is_registered(unwanted):
        admin.site.unregister(unwanted)


class ReadOnly(ModelAdmin):
    """Sees, never changes. Sealed columns are not editable and so in no page."""

    list_per_page = 50
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """A filter in the address must not answer guesses at a hash."""
        return not re.match("password|digest|.*__(password|digest)", lookup) and super().lookup_allowed(
            lookup, value, request
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Members(TabularInline):
    model = Membership
    fields = ("user", "role", "created_at")
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadOnly):
    list_display = ("email", "is_active", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email",)
    fields = ("email", "is_active", "is_staff", "is_superuser", "last_login", "date_joined")


@admin.register(Team)
class TeamAdmin(ReadOnly):
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    inlines = (Members,)


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    list_display = ("user", "team", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "team")
    search_fields = ("user__email", "team__name")


@admin.register(Folder)
class FolderAdmin(ReadOnly):
    list_display = ("title", "team", "created_at")
    list_select_related = ("team",)
    search_fields = ("title",)


@admin.register(Credential)
class CredentialAdmin(ReadOnly):
    list_display = (
        "name",
        "team",
        "type",
        "username",
        "domain",
        "has_totp",
        "rotated_at",
        "last_used_at",
        "deleted_at",
    )
    list_filter = ("type", "has_totp", "team")
    list_select_related = ("team",)
    search_fields = ("search_text", "=id")
    exclude = ("name_key", "search_text")


@admin.register(SecretVersion)
class SecretVersionAdmin(ReadOnly):
    list_display = ("credential", "number", "created_at", "created_by")
    list_select_related = ("credential",)
    search_fields = ("=credential__id",)
    fields = ("credential", "number", "created_at", "created_by")


@admin.register(ReceivedCode)
class ReceivedCodeAdmin(ReadOnly):
    list_display = (
        "id",
        "team",
        "identifier",
        "otp_type",
        "source",
        "received_at",
        "claimed_at",
        "claimed_by",
    )
    list_filter = ("otp_type", "team")
    list_select_related = ("team",)
    search_fields = ("identifier", "=id")


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    list_display = ("name", "team", "prefix", "scopes", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("team",)
    search_fields = ("name", "prefix")
    exclude = ("digest",)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    list_display = ("at", "team", "seq", "actor_label", "door", "action", "outcome", "target_label", "ip")
    list_filter = ("outcome", "door", "actor_kind", "team")
    list_select_related = ("team",)
    search_fields = ("actor_label", "target_label", "=target_id", "=action")
    date_hierarchy = "at"
