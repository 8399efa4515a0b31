"""The admin's site: no sign-in of its own, and nobody in it without a second factor."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from credentials.vault.accounts import has_factor

SET_ONE_UP = "The admin asks for a second factor. Set one up, then come back."


class VaultAdmin(AdminSite):
    site_title = site_header = "Strongroom"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not _lacks_factor(request)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return _sent_to_set_up(request) if _lacks_factor(request) else inner(request, *args, **kwargs)

        return guarded

    @method_decorator(secure_admin_login)  # everybody signs in at the one door
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return _sent_to_set_up(request) if _lacks_factor(request) else redirect("admin:index")


def _lacks_factor(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.is_active and user.is_staff and not has_factor(user))


def _sent_to_set_up(request: HttpRequest) -> HttpResponse:
    messages.warning(request, SET_ONE_UP)
    return redirect("mfa_index")
