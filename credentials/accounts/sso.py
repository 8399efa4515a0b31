"""django-allauth's adapter for single sign-on by OpenID Connect: who comes from the provider, and what they may.

An identity is bound to an account by issuer and subject. The first time it is found by its e-mail address, and only if
the provider says that the address was verified; nobody gets an account by it.
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from credentials.accounts import door
from credentials.errors import NotAllowed, VaultError
from credentials.middleware import told
from credentials.vault import accounts, sso


class SocialAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        claims = sociallogin.account.extra_data.get("id_token", {})
        try:
            if sociallogin.state.get("process") != "login":  # an account takes no identity in but by its address
                raise NotAllowed
            if not sociallogin.is_existing:
                self._bind(request, sociallogin, claims)
            sso.follow_groups(sociallogin.user, groups=claims.get(settings.OIDC_GROUPS_CLAIM))
        except VaultError as problem:
            answer = told(request, problem.status, problem.code, "Not signed in", problem.message)
            raise ImmediateHttpResponse(answer) from None

    def _bind(self, request: HttpRequest, sociallogin: Any, claims: dict[str, Any]) -> None:
        email, verified = claims.get("email"), claims.get("email_verified") is True
        user = sso.person_to_bind(
            email=email if isinstance(email, str) else "", verified=verified, **door.seen(request)
        )
        sociallogin.connect(request, user)
        sso.bind(door.caller(request, user))

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        accounts.refuse_sign_in(email="", method="oidc", **door.seen(request))
