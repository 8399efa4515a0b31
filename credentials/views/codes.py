"""The inbox of received codes: what came, one code, one message, the right code in it. Codes are shown by POST only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credentials.access import Caller
from credentials.errors import Invalid
from credentials.forms import PushForm
from credentials.middleware import wants_json
from credentials.vault import claims, inbox
from credentials.vault import codes as vault
from credentials.views.door import back, caller, page
from credentials.views.inbox import row, shown
from credentials.waiting import held


@require_http_methods(["GET", "POST"])
@login_required
def codes(request: HttpRequest, slug: str) -> HttpResponse:
    who = caller(request, slug)
    query, cursor = request.GET.get("q", ""), request.GET.get("page", "")
    form = PushForm(request.POST or None, initial={"identifier": query})
    if request.method == "POST" and form.is_valid() and _pushed(request, who, form):
        return redirect(request.get_full_path())
    form.say_what_was_lost()
    found = shown(who, sought=query, cursor=cursor)
    return page(request, "codes.html", who, form=form, query=query, inbox=found)


def _pushed(request: HttpRequest, who: Caller, form: PushForm) -> bool:
    try:
        found = vault.receive_code(who, **form.cleaned_data)
    except Invalid as problem:
        form.show(problem)
        return False
    if found.is_raw:
        messages.warning(request, "Kept, but no code was found in it. Open its message to choose one.")
    else:
        messages.success(request, "A code was found in it: whoever waits for it gets it now.")
    return True


@require_GET
@login_required
def live_codes(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest codes anew, once they are other than `seen`; nothing after a while without news."""
    who = caller(request, slug)
    found = shown(who, identifier=request.GET.get("identifier", ""), sought=request.GET.get("q", ""))
    if found["seen"] == request.GET.get("seen"):
        topics = inbox.watched(who)
        return held(request, HttpResponse(status=204), seconds=found["wait"], team_id=who.team_id, topics=topics)
    return page(request, "_received.html", who, inbox=found)


@require_POST
@login_required
def read_code(request: HttpRequest, slug: str, code_id: str) -> HttpResponse:
    who = caller(request, slug)
    found = vault.read_code(who, code_id=code_id)
    if wants_json(request):
        return JsonResponse({"value": found.code, "seconds": who.reveal_seconds})
    seen = row(who, inbox.see_code(who, code_id=code_id))
    response = page(request, "read_code.html", who, row=seen, code=found.code, here=reverse("codes", args=[slug]))
    response["Refresh"] = f"{who.reveal_seconds}; url={reverse('codes', args=[slug])}"  # it does not stay, as elsewhere
    return response


@require_POST
@login_required
def claim_code(request: HttpRequest, slug: str, code_id: str) -> HttpResponse:
    """Out of reach for agents; the code itself is shown by read_code."""
    claims.claim_this(caller(request, slug), code_id=code_id)
    messages.success(request, "Claimed: nobody else gets this code.")
    return redirect(back(request, slug))


@require_POST
@login_required
def discard_code(request: HttpRequest, slug: str, code_id: str) -> HttpResponse:
    vault.discard_code(caller(request, slug), code_id=code_id)
    messages.success(request, "Discarded: nobody gets this code.")
    return redirect(back(request, slug))


def _comes_back(request: HttpRequest, slug: str, code_id: str) -> None:
    """Where a person goes on after proving who they are."""
    request.step_up_return = reverse("code_message", args=[slug, code_id])  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@login_required
def code_message(request: HttpRequest, slug: str, code_id: str) -> HttpResponse:
    """Asks first; then the message, and what in it could be the code."""
    who = caller(request, slug)
    found = row(who, inbox.see_code(who, code_id=code_id))
    message = None
    if request.method == "POST":
        _comes_back(request, slug, code_id)
        message = inbox.read_message(who, code_id=code_id)
    return page(request, "code_message.html", who, row=found, message=message)


@require_POST
@login_required
def correct_code(request: HttpRequest, slug: str, code_id: str) -> HttpResponse:
    _comes_back(request, slug, code_id)
    given = request.POST.get("other", "").strip() or request.POST.get("code", "")
    try:
        inbox.correct_code(caller(request, slug), code_id=code_id, code=given)
    except Invalid as problem:
        messages.error(request, problem.message)
        return redirect("code_message", slug, code_id)
    messages.success(request, "Mended: whoever waits for this code gets the one you chose.")
    return redirect("codes", slug)
