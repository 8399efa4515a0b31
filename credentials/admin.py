"""The admin: a read-only window on metadata and the audit. What has a verb is done by the verb, at its door."""

from typing import TYPE_CHECKING, Any, TypeAlias

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Q
from django.http import HttpRequest

from credentials.access import Action, Actor, Door
from credentials.admin_lists import ReadOnly, one_of
from credentials.audit import Outcome
from credentials.models import (
    ApiKey,
    AuditAnchor,
    AuditEvent,
    ChainState,
    Credential,
    Folder,
    HookAddress,
    Invitation,
    Membership,
    ReceivedCode,
    RotationMark,
    SecretVersion,
    Team,
    User,
)  # fmt: skip

if TYPE_CHECKING:  # Django's own classes take no type arguments when they run
    TabularInline: TypeAlias = admin.TabularInline[Any, Any]
else:
    TabularInline = admin.TabularInline

for unwanted in (EmailAddress, Authenticator, Group):
    # They would show sealed seeds, or give rights without an event.
    if admin.site.is_registered(unwanted):
        admin.site.unregister(unwanted)


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


@admin.register(HookAddress)
class HookAddressAdmin(ReadOnly):
    list_display = ("name", "team", "kind", "identifier", "prefix", "last_used_at", "revoked_at")
    list_filter = ("kind", "team")
    list_select_related = ("team",)
    search_fields = ("name", "prefix", "identifier")
    exclude = ("digest",)


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ("email", "team", "role", "created_by", "created_at", "expires_at", "ended_at")
    list_select_related = ("team",)
    search_fields = ("email",)
    exclude = ("digest",)


@admin.register(RotationMark)
class RotationMarkAdmin(ReadOnly):
    list_display = ("credential", "actor_label", "names", "marked_by", "marked_at")
    list_select_related = ("credential",)
    search_fields = ("actor_label", "=credential__id")


@admin.register(ChainState)
class ChainStateAdmin(ReadOnly):
    list_display = ("chain", "seq", "at", "broken_at", "why")
    search_fields = ("=chain",)
    exclude = ("mac",)


@admin.register(AuditAnchor)
class AuditAnchorAdmin(ReadOnly):
    list_display = ("chain", "seq", "at", "file_digest")
    search_fields = ("=chain",)
    exclude = ("mac",)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    list_display = ("at", "team", "seq", "actor_label", "door", "action", "outcome", "target_label", "ip")
    list_filter = (
        ("at", admin.DateFieldListFilter),
        "team",
        one_of("outcome", "outcome", Outcome),
        one_of("action", "action", sorted(Action)),
        one_of("door", "door", Door),
        one_of("kind of actor", "actor_kind", Actor),
    )
    list_select_related = ("team",)
    ordering = ("-at",)
    sortable_by = ("at",)  # by another column it would sort a million rows for one page
    search_fields = ("actor_id", "target_id")
    search_help_text = "An e-mail address, the name of an API key, or a whole id"
    export = ("team", "seq", "at", "actor_kind", "actor_id", "actor_label", "door", "action", "outcome", "target_kind",
              "target_id", "target_label", "detail", "ip", "user_agent", "request_id", "hash")  # fmt: skip

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """One team's events come by the index of its chain; whatever else is asked for has an index by time."""
        return ("-seq",) if request.GET.keys() - {"p"} == {"team__id__exact"} else ("-at",)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By whole values, so that an index answers; the indexes begin with the team."""
        term = search_term.strip()
        if not term:
            return queryset, False
        users = User.objects.filter(email=term.lower()).values_list("pk", flat=True)
        actors = [*map(str, users), *ApiKey.objects.filter(name=term).values_list("id", flat=True)]
        about = Q(actor_id__in=actors) if actors else Q(target_id=term)
        everywhere = Q(team__in=list(Team.objects.values_list("pk", flat=True)))
        return queryset.filter((everywhere & about) | (Q(team=None) & about)), False
