"""The pages about a team's people: invitations and joining, what must be rotated, settings."""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from credentials.access import Action, Caller
from credentials.accounts import door as account
from credentials.accounts import post
from credentials.errors import Conflict, Invalid
from credentials.team_forms import InvitationForm, JoinForm, SettingsForm
from credentials.vault import accounts, policy, teams
from credentials.vault import credentials as vault
from credentials.vault import invitations as invites
from credentials.vault import rotation as rotations
from credentials.views.door import caller, page


def _comes_back(request: HttpRequest, view: str, slug: str) -> None:
    request.step_up_return = reverse(view, args=[slug])  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@login_required
def invitations(request: HttpRequest, slug: str) -> HttpResponse:
    who = caller(request, slug)
    vault.come_to_form(who, action=Action.MEMBER_INVITE)
    form, link = InvitationForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        _comes_back(request, "invitations", slug)
        try:
            row, path = invites.invite(who, **form.cleaned_data)
        except (Invalid, Conflict) as problem:
            form.show(problem)
        else:
            link = settings.BASE_URL + path
            _send(who, row.email, link)
            form = InvitationForm()
    return page(request, "invitations.html", who, form=form, link=link, sends_mail=settings.SENDS_MAIL,
                rows=invites.see_invitations(who))  # fmt: skip


def _send(who: Caller, email: str, link: str) -> None:
    body = render_to_string(
        "account/email/invitation_message.txt", {"team": who.team_name, "by": who.label, "link": link}
    )
    if settings.SENDS_MAIL:
        post.hand_over(EmailMessage(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}You are invited", body, to=[email]))


@require_POST
@login_required
def withdraw_invitation(request: HttpRequest, slug: str, invitation_id: str) -> HttpResponse:
    invites.withdraw_invitation(caller(request, slug), invitation_id=invitation_id)
    messages.success(request, "The invitation is withdrawn.")
    return redirect("invitations", slug)


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the link offers; taken with the account one is signed in with, or with a new one."""
    offer = invites.look_at_invitation(token)
    is_theirs = request.user.is_authenticated and account.caller(request).label == offer.email
    needs_password = not offer.has_account and not request.user.is_authenticated
    form = JoinForm(request.POST or None) if needs_password else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            return _joined(request, token, offer, form)
        except (Invalid, Conflict) as problem:
            if form is None:
                raise
            form.show(problem)
    return render(request, "invitation.html", {"offer": offer, "form": form, "is_theirs": is_theirs})


def _joined(request: HttpRequest, token: str, offer: invites.Offer, form: JoinForm | None) -> HttpResponse:
    password = form.cleaned_data["password"] if form else None
    user = invites.join(request.user, token=token, password=password, **account.seen(request))
    if form:
        login(request, user)
        record_authentication(request, user, method="password")
        key = request.session.session_key or ""
        accounts.sign_in(account.caller(request, user), session_key=key, methods=["invitation"])
    messages.success(request, f"Welcome to {offer.team_name}.")
    response = redirect("credentials", offer.team_slug)
    account.remember(request, response, user)
    return response


@require_GET
@login_required
def rotation(request: HttpRequest, slug: str) -> HttpResponse:
    """What must be rotated because of `?who=person:12`, and how far what was marked is."""
    who = caller(request, slug)
    chosen = request.GET.get("who", "")
    kind, _, actor_id = chosen.partition(":")
    return page(
        request, "rotation.html", who,
        progress=rotations.rotation_progress(who),
        people=[(f"person:{row['user_id']}", row["user__email"]) for row in teams.see_members(who)],
        chosen=chosen,
        exposures=rotations.to_rotate(who, actor_kind=kind, actor_id=actor_id) if actor_id else None,
        keys=rotations.keys_made_by(who, user_id=actor_id) if kind == "person" else [],
        may_mark=who.may(Action.ROTATION_MARK),
    )  # fmt: skip


@require_POST
@login_required
def mark_rotation(request: HttpRequest, slug: str) -> HttpResponse:
    kind, _, actor_id = request.POST.get("who", "").partition(":")
    ids = request.POST.getlist("credential")
    marked = rotations.mark_to_rotate(caller(request, slug), actor_kind=kind, actor_id=actor_id, credential_ids=ids)
    messages.success(request, f"Marked to rotate: {marked}.")
    return redirect("rotation", slug)


@require_http_methods(["GET", "POST"])
@login_required
def team_settings(request: HttpRequest, slug: str) -> HttpResponse:
    who = caller(request, slug)
    vault.come_to_form(who, action=Action.TEAM_SETTINGS)
    form = SettingsForm(request.POST or None, initial=policy.see_settings(who))
    if request.method == "POST" and form.is_valid():
        _comes_back(request, "team_settings", slug)
        try:
            policy.change_settings(who, **form.cleaned_data)
        except Invalid as problem:
            form.show(problem)
        else:
            messages.success(request, "Saved.")
            return redirect("team_settings", slug)
    return page(request, "team_settings.html", who, form=form)
