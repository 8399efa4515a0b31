"""The audit page: who did what, how far the chain holds, and the same as a file."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from credentials.access import Action, Actor, Door
from credentials.team_forms import AuditForm
from credentials.vault import proofs, trail
from credentials.views.door import caller, page

PAGE = 50


@require_GET
@login_required
def audit(request: HttpRequest, slug: str) -> HttpResponse:
    who = caller(request, slug)
    form = AuditForm(request.GET, actions=list(Action), doors=list(Door), actors=list(Actor))
    found = trail.list_events(who, wanted=_wanted(form), limit=PAGE, older_than=_seq(request.GET.get("before", "")))
    return page(
        request, "audit.html", who,
        form=form,
        rows=found.rows,
        badge=proofs.last_verified(who),
        may_verify=who.may(Action.AUDIT_VERIFY),
        may_export=who.may(Action.AUDIT_EXPORT),
        next_url=_further(request, found.older_than),
    )  # fmt: skip


def _wanted(form: AuditForm) -> trail.Wanted:
    """What the filters ask for; one that makes no sense asks nothing, and says so beside itself."""
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else getattr(form, "cleaned_data", {})
    until = given.get("until")
    return trail.Wanted(
        start=_day(given.get("since")),
        end=_day(until + timedelta(days=1)) if until and until < date.max else None,
        action=given.get("action") or "",
        actor_kind=given.get("actor") or "",
        door=given.get("door") or "",
        outcome=given.get("outcome") or "",
        search=given.get("q") or "",
    )


def _seq(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else None


def _day(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone()) if day else None


def _further(request: HttpRequest, older_than: int | None) -> str:
    if older_than is None:
        return ""
    kept = {name: request.GET[name] for name in request.GET if name != "before" and request.GET[name]}
    return f"{request.path}?{urlencode({**kept, 'before': str(older_than)})}"


@require_POST
@login_required
def verify_audit(request: HttpRequest, slug: str) -> HttpResponse:
    for verdict in proofs.verify_trail(caller(request, slug)):
        if verdict.is_broken:
            messages.error(request, f"The chain is broken at event {verdict.broken_at}: {verdict.why}.")
        else:
            messages.success(request, f"Verified up to event {verdict.holds_up_to}.")
    return redirect("audit", slug)


@require_POST
@login_required
def export_audit(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """Every event with its hash, as JSON Lines: what the verifier script reads."""
    lines = proofs.export_trail(caller(request, slug))
    name = f"audit-{slug}.jsonl"
    return StreamingHttpResponse(
        lines,
        content_type="application/x-ndjson",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )
