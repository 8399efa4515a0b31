"""The pages of one credential: detail, add, edit, trash."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credentials.access import Action, Caller
from credentials.errors import Conflict, Invalid
from credentials.forms import CredentialForm
from credentials.vault import audience, contents, folders, listing, trail
from credentials.vault import credentials as vault
from credentials.vault import trash as bin
from credentials.views import inbox, snippets
from credentials.views.door import caller, page
from credentials.views.shapes import TYPES, WORDS, label_of

MOST_NAMED = 12  # of those who get at a credential
META = ("name", "username", "domain", "url", "secret_label", "card_brand", "totp_identifier", "expires_on", "revision")


@require_GET
@login_required
def credential(request: HttpRequest, slug: str, credential_id: str) -> HttpResponse:
    who = caller(request, slug)
    found = vault.see_credential(who, credential_id=credential_id)
    known = list(contents.KNOWN_VALUES[found.type])
    keys = [key for key in known if key in found.value_keys]
    keys += [key for key in found.value_keys if key not in known]
    return page(
        request, "credential.html", who,
        credential=found,
        fields=_fields(found, keys),
        # What an old version held is sealed: its page offers what there may be.
        version_fields=_fields(found, list(dict.fromkeys([*known, *keys, "notes"]))),
        is_withheld=who.withholds_values,
        audience=_audience(who, found),
        folders=folders.list_folder_titles(who),
        main_key=keys[0] if keys else "",
        expiry=listing.expiry(found.expires_on),
        versions=_versions(who, found),
        events=_events(who, found),
        inbox=_received(who, found),
        snippets=snippets.for_page(found.id, has_totp=found.has_totp),
    )  # fmt: skip


def _received(who: Caller, found: Any) -> dict[str, Any] | None:
    """What arrived for its identifier, for those who may see received codes."""
    if not (found.totp_identifier and who.may(Action.CODE_SEE)) or found.deleted_at:
        return None
    return inbox.shown(who, identifier=found.totp_identifier)


def _fields(found: Any, keys: list[str]) -> list[dict[str, str]]:
    return [{"key": key, "label": label_of(found.type, key)} for key in keys]


def _audience(who: Caller, found: Any) -> list[dict[str, Any]]:
    groups = audience.see_audience(who, credential_id=found.id)
    codes = "Codes" if found.has_totp else "No values"
    labels = {audience.VALUES: "Values", audience.CODES: codes, audience.METADATA: "Metadata only"}
    return [
        {"label": labels[reach], "some": some[:MOST_NAMED], "more": len(some[MOST_NAMED:])}
        for reach, some in groups.items()
    ]


def _versions(who: Caller, found: Any) -> list[dict[str, Any]]:
    """The history, for those whose page has that part: asking for others would be a refusal, and an event."""
    rows = vault.see_versions(who, credential_id=found.id) if who.may(Action.VERSION_SEE) else []
    return [{**row, "is_current": row["number"] == found.current_number} for row in rows]


def _events(who: Caller, found: Any) -> list[dict[str, Any]] | None:
    """What the audit says about it, for those who may read the audit."""
    if not who.may(Action.AUDIT_READ):
        return None
    rows = trail.events_about(who, target_id=found.id)
    return [{**row, "words": WORDS.get(row["action"], row["action"])} for row in rows]


@require_http_methods(["GET", "POST"])
@login_required
def add_credential(request: HttpRequest, slug: str) -> HttpResponse:
    who = caller(request, slug)
    vault.come_to_form(who, action=Action.CREDENTIAL_ADD)
    type = request.GET.get("type", "password")
    type = type if type in dict(TYPES) else "password"
    form = CredentialForm(request.POST or None, type=type)
    if request.method == "POST" and form.is_valid():
        try:
            added = vault.add_credential(who, **form.given())
        except (Invalid, Conflict) as problem:
            form.show(problem)
        else:
            messages.success(request, f"{added.name} is stored.")
            return redirect("credential", slug, added.id)
    return _form_page(request, who, form, "Add a credential", None)


@require_http_methods(["GET", "POST"])
@login_required
def edit_credential(request: HttpRequest, slug: str, credential_id: str) -> HttpResponse:
    who = caller(request, slug)
    vault.come_to_form(who, action=Action.CREDENTIAL_EDIT)
    found = vault.see_credential(who, credential_id=credential_id)
    initial = {name: getattr(found, name) for name in META}
    form = CredentialForm(request.POST or None, type=found.type, stored=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        try:
            vault.edit_credential(who, credential_id=credential_id, revision=revision, **form.given())
        except (Invalid, Conflict) as problem:
            form.show(problem)
        else:
            messages.success(request, "Saved.")
            return redirect("credential", slug, credential_id)
    return _form_page(request, who, form, f"Edit {found}", found)


def _form_page(request: HttpRequest, who: Caller, form: CredentialForm, heading: str, stored: Any) -> HttpResponse:
    if request.method == "POST":
        form.say_what_was_lost()
    return page(
        request, "credential_form.html", who,
        form=form, heading=heading, credential=stored, type=form.type, types=TYPES,
    )  # fmt: skip


@require_POST
@login_required
def trash_credential(request: HttpRequest, slug: str, credential_id: str) -> HttpResponse:
    gone = bin.trash_credential(caller(request, slug), credential_id=credential_id)
    messages.success(request, f"{gone} is in the trash.")
    return redirect("credentials", slug)


@require_POST
@login_required
def restore_credential(request: HttpRequest, slug: str, credential_id: str) -> HttpResponse:
    back = bin.restore_credential(caller(request, slug), credential_id=credential_id)
    messages.success(request, f"{back} is back.")
    return redirect("credential", slug, credential_id)


@require_POST
@login_required
def purge_credential(request: HttpRequest, slug: str, credential_id: str) -> HttpResponse:
    request.step_up_return = reverse("trash", args=[slug])  # type: ignore[attr-defined]  # where to go on after proving
    bin.purge_credential(caller(request, slug), credential_id=credential_id)
    messages.success(request, "Deleted for ever.")
    return redirect("trash", slug)
