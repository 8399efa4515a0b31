"""The whole map on one screen."""

from allauth.account import urls as account
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path, register_converter

from credentials.api import hooks, kernel, release, skyvern, skyvern_docs
from credentials.api.mcp import mcp
from credentials.views import (
    accounts,
    audit,
    codes,
    credentials,
    folders,
    helpers,
    hook_addresses,
    listing,
    members,
    metrics,
    people,
    scan,
    secrets,
    teams,
)


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

handler500 = "credentials.middleware.unexpected"
one_credential: list[URLPattern] = [
    path("", credentials.credential, name="credential"),
    path("edit/", credentials.edit_credential, name="edit_credential"),
    path("star/", listing.star_credential, name="star_credential"),
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
    path("", listing.credentials, name="credentials"),
    path("trash/", listing.trash, name="trash"),
    path("folders/", folders.folders, name="folders"),
    path("folders/<id:folder_id>/edit/", folders.edit_folder, name="edit_folder"),
    path("folders/<id:folder_id>/delete/", folders.delete_folder, name="delete_folder"),
    path("generate/", helpers.generate, name="generate"),
    path("totp/check/", helpers.check_totp, name="check_totp"),
    path("bulk/trash/", listing.trash_credentials, name="trash_credentials"),
    path("bulk/move/", listing.move_credentials, name="move_credentials"),
    path("bulk/restore/", listing.restore_credentials, name="restore_credentials"),
    path("members/", members.members, name="members"),
    path("members/<int:user_id>/role/", members.change_role, name="change_role"),
    path("members/<int:user_id>/remove/", members.remove_member, name="remove_member"),
    path("keys/", members.api_keys, name="api_keys"),
    path("keys/<id:key_id>/revoke/", members.revoke_api_key, name="revoke_api_key"),
    path("codes/", codes.codes, name="codes"),
    path("codes/live/", codes.live_codes, name="live_codes"),
    path("codes/<id:code_id>/read/", codes.read_code, name="read_code"),
    path("codes/<id:code_id>/claim/", codes.claim_code, name="claim_code"),
    path("codes/<id:code_id>/discard/", codes.discard_code, name="discard_code"),
    path("codes/<id:code_id>/message/", codes.code_message, name="code_message"),
    path("codes/<id:code_id>/correct/", codes.correct_code, name="correct_code"),
    path("hooks/", hook_addresses.hooks, name="hooks"),
    path("hooks/<id:hook_id>/revoke/", hook_addresses.revoke_hook, name="revoke_hook"),
    path("audit/", audit.audit, name="audit"),
    path("audit/verify/", audit.verify_audit, name="verify_audit"),
    path("audit/export/", audit.export_audit, name="export_audit"),
    path("invitations/", people.invitations, name="invitations"),
    path("invitations/<id:invitation_id>/withdraw/", people.withdraw_invitation, name="withdraw_invitation"),
    path("rotation/", people.rotation, name="rotation"),
    path("rotation/mark/", people.mark_rotation, name="mark_rotation"),
    path("settings/", people.team_settings, name="team_settings"),
    path("credentials/add/", credentials.add_credential, name="add_credential"),
    path("scan/", scan.scan, name="scan"),
    path("scan/read/", scan.scan_read, name="scan_read"),
    path("scan/save/", scan.scan_save, name="scan_save"),
    path("credentials/<id:credential_id>/", include(one_credential)),
]
if settings.OIDC_ISSUER:
    from allauth.socialaccount import urls as social  # only where the app is installed

    SOCIAL_PAGES = {"socialaccount_login_cancelled", "socialaccount_login_error"}
    single_sign_on: list[URLPattern | URLResolver] = [
        path("accounts/3rdparty/", include([page for page in social.urlpatterns if page.name in SOCIAL_PAGES])),
        path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
    ]
else:
    single_sign_on = []
urlpatterns = [
    *single_sign_on,
    path("", teams.home, name="home"),
    path("teams/", teams.teams, name="teams"),
    path("setup/<str:token>/", teams.setup, name="setup"),
    path("invitation/<str:token>/", people.invitation, name="invitation"),
    path("t/<slug:slug>/", include(one_team)),
    re_path("^mcp/?$", mcp, name="mcp"),  # both are pasted into settings of clients
    path("hooks/codes/<str:token>", hooks.hook_codes, name="hook_codes"),
    path("hooks/otp/<str:token>", hooks.hook_otp, name="hook_otp"),
    path("accounts/", include([page for page in account.urlpatterns if page.name in ACCOUNT_PAGES])),
    path("accounts/sessions/", accounts.sessions, name="sessions"),
    path("accounts/sessions/end-others/", accounts.end_other_sessions, name="end_other_sessions"),
    path("accounts/sessions/<int:session_id>/end/", accounts.end_session, name="end_session"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
    path("kernel/", include(kernel.urls)),
    path("release/v1/", include(release.urls)),
    path("v1/openapi.json", skyvern_docs.skyvern_openapi, name="skyvern_openapi"),
    path("v1/docs", skyvern_docs.skyvern_docs, name="skyvern_docs"),
    path("v1/", include(skyvern.urls)),
    path("api/v1/", include(skyvern.legacy_urls)),
    path("healthz", teams.healthz, name="healthz"),
    path("readyz", teams.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]
