"""The lists of credentials and of the trash, and what is done to several rows at once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from credentials.access import Caller
from credentials.middleware import wants_json
from credentials.vault import bulk, favourites, folders, listing
from credentials.views.door import back, caller, page
from credentials.views.shapes import TYPES, rows

Shelf = list[dict[str, Any]]  # the folders, by title
NOTHING_FOUND = listing.First([], [])


@require_GET
@login_required
def credentials(request: HttpRequest, slug: str) -> HttpResponse:
    who = caller(request, slug)
    query, cursor, only = request.GET.get("q", ""), request.GET.get("page", ""), _only(request)
    is_filtered = bool(query or only != listing.EVERYTHING)
    first = NOTHING_FOUND if is_filtered else listing.list_first(who)
    if not is_filtered:
        only = listing.Only(apart_from=first.ids)
    found = listing.list_credentials(who, query=query, cursor=cursor, only=only)
    shown, shelf = NOTHING_FOUND if cursor else first, _folders(who)
    return _listed(
        request, who, "credentials.html", found, shelf,
        groups=_groups(who, shelf, shown, found),
        is_filtered=is_filtered,
        chips=_chips(request),
        only=only,
    )  # fmt: skip


@require_GET
@login_required
def trash(request: HttpRequest, slug: str) -> HttpResponse:
    who = caller(request, slug)
    query, cursor = request.GET.get("q", ""), request.GET.get("page", "")
    found = listing.list_credentials(who, query=query, cursor=cursor, in_trash=True)
    context = {"rows": rows(slug, found.rows), "is_filtered": bool(query)}
    return _listed(request, who, "trash.html", found, _folders(who), **context)


def _listed(
    request: HttpRequest, who: Caller, template: str, found: listing.Page, shelf: Shelf, **context: Any
) -> HttpResponse:
    """The whole page, or only its list when the search replaces that while somebody types."""
    only_list = "HX-Request" in request.headers
    return page(
        request, f"_{template.replace('.html', '_list.html')}" if only_list else template, who,
        query=request.GET.get("q", ""),
        is_first_page=not request.GET.get("page"),
        count=len(found.rows),
        here=request.get_full_path(),
        folders=shelf,
        folder=next((one for one in shelf if one["id"] == request.GET.get("folder")), None),
        next_url=_leading_to(request, page=found.next_cursor) if found.next_cursor else None,
        previous_url=_leading_to(request, page=found.previous_cursor) if found.previous_cursor else None,
        **context,
    )  # fmt: skip


def _folders(who: Caller) -> Shelf:
    home = reverse("credentials", args=[who.team_slug])
    return [{**one, "url": f"{home}?{urlencode({'folder': one['id']})}"} for one in folders.list_folder_titles(who)]


def _only(request: HttpRequest) -> listing.Only:
    """The filters in the address; what is none of them filters nothing."""
    type = request.GET.get("type", "")
    return listing.Only(
        folder_id=request.GET.get("folder", ""),
        type=type if type in dict(TYPES) else "",
        has_totp=bool(request.GET.get("totp")),
        expiring=bool(request.GET.get("expiring")),
    )


def _groups(who: Caller, shelf: Shelf, first: listing.First, found: listing.Page) -> list[dict[str, Any]]:
    titles = {one["id"]: one["title"] for one in shelf}
    titled = [("Favourites", first.favourites), ("Used lately", first.recent), ("All others", found.rows)]
    groups = [{"title": title, "rows": rows(who.team_slug, some, titles)} for title, some in titled if some]
    # One group alone needs no heading.
    return groups if len(groups) > 1 else [{**group, "title": ""} for group in groups]


def _chips(request: HttpRequest) -> list[dict[str, Any]]:
    """The filters that can be put on and off, each as a link that keeps the others."""
    type = request.GET.get("type", "")
    chips = [
        {"label": f"{label}s", "icon": value, "on": type == value,
         "url": _leading_to(request, type="" if type == value else value, page="")}
        for value, label in TYPES
    ]  # fmt: skip
    switches = [("totp", "With code", "clock"), ("expiring", "Expiring", "calendar")]
    for key, label, icon in switches:
        is_on = bool(request.GET.get(key))
        url = _leading_to(request, **{key: "" if is_on else "1", "page": ""})
        chips.append({"label": label, "icon": icon, "on": is_on, "url": url})
    return chips


def _leading_to(request: HttpRequest, **changes: str | None) -> str:
    kept = {key: request.GET[key] for key in ("q", "folder", "type", "totp", "expiring") if key in request.GET}
    query = {key: value for key, value in {**kept, **changes}.items() if value}
    return f"{request.path}?{urlencode(query)}" if query else request.path


@require_POST
@login_required
def star_credential(request: HttpRequest, slug: str, credential_id: str) -> HttpResponse:
    starred = request.POST.get("starred") == "1"
    favourites.star_credential(caller(request, slug), credential_id=credential_id, starred=starred)
    if wants_json(request):
        return JsonResponse({"starred": starred})
    return redirect(back(request, slug))


@require_POST
@login_required
def trash_credentials(request: HttpRequest, slug: str) -> HttpResponse:
    report = bulk.trash_credentials(caller(request, slug), credential_ids=request.POST.getlist("id"))
    return _reported(request, slug, report, "moved to the trash")


@require_POST
@login_required
def restore_credentials(request: HttpRequest, slug: str) -> HttpResponse:
    report = bulk.restore_credentials(caller(request, slug), credential_ids=request.POST.getlist("id"))
    return _reported(request, slug, report, "restored")


@require_POST
@login_required
def move_credentials(request: HttpRequest, slug: str) -> HttpResponse:
    who, folder_id = caller(request, slug), request.POST.get("folder", "")
    report = bulk.move_credentials(who, credential_ids=request.POST.getlist("id"), folder_id=folder_id)
    return _reported(request, slug, report, "moved")


def _reported(request: HttpRequest, slug: str, report: bulk.Report, what: str) -> HttpResponse:
    if report.done:
        messages.success(request, f"{report.done} credential{'s' if report.done > 1 else ''} {what}.")
    elif not report.refused:
        messages.warning(request, "Nothing was chosen.")
    for message in dict.fromkeys(message for _, message in report.refused):
        many = sum(1 for _, other in report.refused if other == message)
        messages.error(request, f"{many} left as {'they were' if many > 1 else 'it was'}: {message}")
    return redirect(back(request, slug))
