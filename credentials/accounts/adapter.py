"""django-allauth's two adapters: nobody signs up by themselves, what happens is told to the vault, and people's own
second factors are sealed."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse

from credentials.accounts import door, post
from credentials.errors import Throttled
from credentials.vault import accounts, seals


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # an address like http://[
            return False

    # Signing in and out

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """In place of allauth's own limit, which the cache may forget: who knows this browser has attempts of their
        own, so that nobody can lock a person out from elsewhere."""
        email = credentials.get("email", "")
        try:
            accounts.let_try(email=email, devices=door.people_of(request), **door.seen(request))
        except Throttled:
            raise self.validation_error("too_many_login_attempts") from None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        accounts.refuse_sign_in(email=credentials.get("email", ""), method="password", **door.seen(request))

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        accounts.refuse_sign_in(email=user.email, method="password", reason="inactive", **door.seen(request))
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        accounts.sign_in(door.caller(request, user), session_key=request.session.session_key or "",
                         methods=[record.get("type") or record["method"] for record in _records(request)])  # fmt: skip
        if str(user.pk) not in door.people_of(request):
            self.send_notification_mail("account/email/new_device", user)
        door.remember(request, response, user)
        return response

    def logout(self, request: HttpRequest) -> None:
        accounts.sign_out(door.caller(request), session_key=request.session.session_key or "")
        super().logout(request)

    def reauthenticate(self, user: Any, password: str) -> bool:
        who = door.caller(self.request, user)
        try:
            accounts.let_step_up(who)
        except Throttled:
            raise self.validation_error("too_many_login_attempts") from None
        fits = bool(user.check_password(password))  # allauth would count and record it as a sign-in
        if not fits:
            accounts.refuse_step_up(who, method="password")
        return fits

    def set_password(self, user: Any, password: str) -> None:
        """Of a change by the person, and of a reset by a link from a mail, where nobody is signed in."""
        by_link = not self.request.user.is_authenticated
        who, method = door.caller(self.request, user), "link" if by_link else ""
        accounts.set_password(who, user=user, password=password, method=method)

    # Mail

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Links in mails come from BASE_URL, never from the request's Host header."""
        path: str = super().get_reset_password_from_key_url(key)
        return settings.BASE_URL + "/" + path.split("/", 3)[3] if "://" in path else settings.BASE_URL + path

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Handed over and not waited for: how long a mail takes must not tell whether there is such a person."""
        site = {"name": "Strongroom", "domain": settings.BASE_URL}
        if settings.SENDS_MAIL:
            mail: EmailMessage = self.render_mail(
                template_prefix,
                email,
                {"request": self.request, "email": email, **context, "current_site": site},
            )
            post.hand_over(mail)


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    return list(request.session.get("account_authentication_methods", []))


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seals.seal_factor(text)

    def decrypt(self, encrypted_text: str) -> str:
        return seals.open_factor(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to the host of BASE_URL, whatever a request calls itself."""
        return {"id": urlsplit(settings.BASE_URL).hostname or "", "name": "Strongroom"}
