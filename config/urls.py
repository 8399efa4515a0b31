"""The whole map on one screen."""

from allauth.account import urls as account
from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, register_converter

from credentials.api import kernel
from credentials.api.mcp import mcp
from credentials.views import credentials, secrets, teams

# One way in: the admin sends people to the same sign-in as everybody.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth documents it


class CredentialId:
    """Anything that could be meant as an id; the vault says whether there is such a thing."""

    regex = "[^/]{1,100}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CredentialId, "id")

# allauth's other pages are not for a vault: people neither sign up nor change the address that owners added.
ACCOUNT_PAGES = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    *(["account_reset_password", "account_reset_password_done"] if settings.SENDS_MAIL else []),
}

one_credential: list[URLPattern] = [
    path("", credentials.credential, name="credential"),
    path("edit/", credentials.edit_credential, name="edit_credential"),
    path("reveal/", secrets.reveal, name="reveal"),
    path("code/", secrets.code, name="code"),
    path("qr/", secrets.qr, name="qr"),
    path("versions/<int:number>/reveal/", secrets.reveal_version, name="reveal_version"),
    path("versions/<int:number>/restore/", secrets.restore_version, name="restore_version"),
    path("trash/", credentials.trash_credential, name="trash_credential"),
    path("restore/", credentials.restore_credential, name="restore_credential"),
    path("purge/", credentials.purge_credential, name="purge_credential"),
]
one_team: list[URLPattern | URLResolver] = [
    path("", credentials.credentials, name="credentials"),
    path("trash/", credentials.trash, name="trash"),
    path("credentials/add/", credentials.add_credential, name="add_credential"),
    path("credentials/<id:credential_id>/", include(one_credential)),
]
urlpatterns = [
    path("", teams.home, name="home"),
    path("teams/", teams.teams, name="teams"),
    path("setup/<str:token>/", teams.setup, name="setup"),
    path("t/<slug:slug>/", include(one_team)),
    path("mcp", mcp, name="mcp"),
    path("accounts/", include([page for page in account.urlpatterns if page.name in ACCOUNT_PAGES])),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
    path("kernel/", include(kernel.urls)),
    path("healthz", teams.healthz, name="healthz"),
    path("readyz", teams.readyz, name="readyz"),
]
