"""The audit page: who did what, how far the chain holds, and both as files."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from credentials.access import Action, Actor, Caller, Door
from credentials.exports import FORMS
from credentials.team_forms import AuditForm
from credentials.vault import proofs, trail
from credentials.views.door import caller, page

PAGE = 50
CHAIN = "application/x-ndjson"
TITLES = {Actor.PERSON: "People", Actor.KEY: "API keys", Actor.HOOK: "Hooks"}
SOMEBODY = re.compile(r"(person|key|hook):(\w{1,40})")
FIRST_DAY = datetime(2000, 1, 1, tzinfo=timezone.get_default_timezone())
LAST_DAY = datetime(9000, 1, 1, tzinfo=timezone.get_default_timezone())


@require_GET
@login_required
def audit(request: HttpRequest, slug: str) -> HttpResponse:
    who = caller(request, slug)
    form = _form(request, who)
    found = trail.list_events(who, wanted=_wanted(form), limit=PAGE, older_than=_seq(request.GET.get("before", "")))
    return page(
        request, "audit.html", who,
        form=form,
        rows=found.rows,
        badge=proofs.last_verified(who),
        may_verify=who.may(Action.AUDIT_VERIFY),
        may_export=who.may(Action.AUDIT_EXPORT),
        filters=_filters(request),
        next_url=_further(request, found.older_than),
    )  # fmt: skip


def _form(request: HttpRequest, who: Caller) -> AuditForm:
    """Somebody who has left the team is offered too, once a row of theirs was followed."""
    some = {kind: [(f"{kind}:{id}", name) for id, name in actors] for kind, actors in trail.see_actors(who).items()}
    chosen = request.GET.get("who", "")
    offered = [(TITLES[Actor(kind)], choices) for kind, choices in some.items()]
    offered.append(("Others", [(actor, actor) for actor in (Actor.OPERATOR, Actor.NOBODY)]))
    if SOMEBODY.fullmatch(chosen) and all(chosen != id for _, choices in offered for id, _ in choices):
        offered.append(("No longer here", [(chosen, chosen.replace(":", " "))]))
    return AuditForm(request.GET, actors=offered, actions=list(Action), doors=list(Door))


def _wanted(form: AuditForm) -> trail.Wanted:
    """What the filters ask for; one that makes no sense asks nothing, and says so beside itself."""
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else getattr(form, "cleaned_data", {})
    kind, _, actor_id = (given.get("who") or "").partition(":")
    since, until = given.get("since"), given.get("until")
    # A day is meant whole, and a minute too.
    last = timedelta(days=1) if len(form.data.get("until", "").strip()) <= len("2026-01-31") else timedelta(minutes=1)
    return trail.Wanted(
        start=max(since, FIRST_DAY) if since else None,
        end=min(until, LAST_DAY) + last if until else None,
        action=given.get("action") or "",
        actor_kind=kind,
        actor_id=actor_id,
        credential=given.get("credential") or "",
        door=given.get("door") or "",
        outcome=given.get("outcome") or "",
        search=given.get("q") or "",
    )


def _seq(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else None


def _filters(request: HttpRequest, **more: str) -> str:
    """The filters of the address, as the query of another."""
    kept = {name: request.GET[name] for name in AuditForm.base_fields if request.GET.get(name)}
    return urlencode({**kept, **more})


def _further(request: HttpRequest, older_than: int | None) -> str:
    return "" if older_than is None else f"{request.path}?{_filters(request, before=str(older_than))}"


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
    """What the filters leave, as CSV or JSON Lines; else every event of the chain, as the verifier script reads it."""
    who, form = caller(request, slug), request.POST.get("form", "")
    if form not in FORMS:
        return _file(proofs.export_trail(who), CHAIN, f"audit-{slug}-chain.jsonl")
    mime, write = FORMS[form]
    rows = trail.take_events(who, wanted=_wanted(_form(request, who)))
    return _file(write(trail.TAKEN, rows), mime, f"audit-{slug}.{form}")


def _file(lines: Iterator[str], mime: str, name: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(lines, content_type=mime, headers=headers)
