"""django-allauth's two adapters: nobody signs up by themselves, and people's own second factors are sealed."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest

from credentials.sealed import seal_text, unseal_text

AUTHENTICATOR = ("authenticator",)  # allauth seals before it has a row, so the place is the table


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # an address like http://[
            return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Links in mails come from BASE_URL, never from the request's Host header."""
        path: str = super().get_reset_password_from_key_url(key)
        return settings.BASE_URL + "/" + path.split("/", 3)[3] if "://" in path else settings.BASE_URL + path

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = {"name": "Strongroom", "domain": settings.BASE_URL}
        super().send_mail(template_prefix, email, {**context, "current_site": site})


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal_text(text, AUTHENTICATOR)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal_text(encrypted_text, AUTHENTICATOR)
