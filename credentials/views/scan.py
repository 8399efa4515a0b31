"""The QR bench: many codes at once. Pictures are read in the browser; only the text of a code comes here."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from credentials.access import Action, Caller
from credentials.errors import Invalid
from credentials.middleware import wants_json
from credentials.vault import credentials as vault
from credentials.vault import enrolment
from credentials.vault.enrolment import Choice
from credentials.views.door import caller, page


@require_GET
@login_required
def scan(request: HttpRequest, slug: str) -> HttpResponse:
    who = caller(request, slug)
    vault.come_to_form(who, action=Action.CREDENTIAL_ADD)
    return page(request, "scan.html", who)


@require_POST
@login_required
def scan_read(request: HttpRequest, slug: str) -> HttpResponse:
    """What one code holds, with live codes, before anything is stored."""
    found = enrolment.look_at_scanned(caller(request, slug), given=request.POST.get("text", ""))
    part = {"index": found.index, "size": found.size, "batch": found.batch, "left_out": found.left_out}
    return JsonResponse({**part, "rows": [_shown(row) for row in found.rows]})


def _shown(row: enrolment.Row) -> dict[str, Any]:
    return {
        "issuer": row.issuer,
        "account": row.account,
        "is_short": row.is_short,
        "code": row.code.code,
        "seconds_remaining": row.code.seconds_remaining,
        "period": row.code.period,
        "matches": row.matches,
        "suggested": row.suggested,
    }


@require_POST
@login_required
def scan_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Save what was chosen; without scripts, every line of a pasted text where it surely belongs or as a new login."""
    who = caller(request, slug)
    saved = enrolment.save_scanned(who, choices=_choices(request, who))
    if wants_json(request):
        return JsonResponse({"saved": [_outcome(slug, one) for one in saved]})
    for one in saved:
        if one.problem:
            messages.error(request, one.problem)
        else:
            messages.success(request, f"{one.name} is stored.")
    return redirect("credentials", slug)


def _choices(request: HttpRequest, who: Caller) -> list[Choice]:
    if "lines" in request.POST:
        return [choice for line in request.POST["lines"].split() for choice in enrolment.choose_all(who, given=line)]
    given = [request.POST.getlist(name) for name in ("text", "number", "credential_id")]
    if len({len(column) for column in given}) != 1:
        raise Invalid("The choices are not complete. Load the page again.")
    return [Choice(text, _number(number), target) for text, number, target in zip(*given, strict=True)]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 5):
        raise Invalid("The choices are not complete. Load the page again.")
    return int(text)


def _outcome(slug: str, one: enrolment.Saved) -> dict[str, str]:
    if one.problem:
        return {"problem": one.problem}
    return {"name": one.name, "url": reverse("credential", args=[slug, one.credential_id])}
