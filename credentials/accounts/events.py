"""Receivers of allauth's signals, for what it offers no adapter hook for. Connected by apps.py."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.dispatch import receiver
from django.http import HttpRequest

from credentials.access import Action
from credentials.accounts import door
from credentials.vault import accounts


@receiver(account.authentication_step_completed)
def proved(request: HttpRequest, user: Any, method: str, **extra: Any) -> None:
    if extra.get("reauthenticated"):
        accounts.step_up(door.caller(request, user), method=extra.get("type") or method)


@receiver(mfa.authentication_failed)
def wrong_code(request: HttpRequest, user: Any, authenticator: Any, **extra: Any) -> None:
    refuse_factor(request, user, method=authenticator.type, stepping_up=bool(extra.get("reauthentication")))


def refuse_factor(request: HttpRequest, user: Any, *, method: str, stepping_up: bool) -> None:
    """A second factor that did not fit, when signing in or when stepping up."""
    if stepping_up:
        accounts.refuse_step_up(door.caller(request, user), method=method)
    else:
        accounts.refuse_sign_in(email=user.email if user else "", method=method, **door.seen(request))


@receiver([account.password_changed, account.password_set])
def changed_password(request: HttpRequest, user: Any, **_: Any) -> None:
    """allauth has given the session another key by now."""
    accounts.keep_session(door.caller(request, user), session_key=request.session.session_key or "")


@receiver(mfa.authenticator_added)
def added(request: HttpRequest, user: Any, authenticator: Any, **_: Any) -> None:
    _changed(request, user, authenticator, Action.ACCOUNT_FACTOR_ADD)


@receiver(mfa.authenticator_removed)
def removed(request: HttpRequest, user: Any, authenticator: Any, **_: Any) -> None:
    _changed(request, user, authenticator, Action.ACCOUNT_FACTOR_REMOVE)


@receiver(mfa.authenticator_reset)
def renewed(request: HttpRequest, user: Any, authenticator: Any, **_: Any) -> None:
    _changed(request, user, authenticator, Action.ACCOUNT_FACTOR_RENEW)


def _changed(request: HttpRequest, user: Any, authenticator: Any, action: Action) -> None:
    key = request.session.session_key or ""
    accounts.change_factor(door.caller(request, user), action=action, factor=authenticator.type, session_key=key)
