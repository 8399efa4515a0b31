"""allauth's passkey forms, which alone of its forms say nothing when a factor does not fit; and limits on guessing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core import context
from allauth.mfa.base import forms as base
from allauth.mfa.webauthn import forms
from django.core.exceptions import ValidationError
from django.forms import HiddenInput, JSONField

from credentials.accounts import door
from credentials.accounts.events import refuse_factor
from credentials.errors import Throttled
from credentials.vault import accounts

LONGEST = 20_000  # characters


class ShallowJson(JSONField):
    """What a browser's authenticator says is neither long nor deep."""

    def to_python(self, value: Any) -> Any:
        try:
            if len(value or "") > LONGEST:
                raise ValueError
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError("This is not what an authenticator says.") from None

    def bound_data(self, data: Any, initial: Any) -> str:
        return ""  # it is good for one try, and not sent back into a page


class AddPasskeyForm(forms.AddWebAuthnForm):
    credential = ShallowJson(widget=HiddenInput)

    def clean(self) -> Any:
        with _odd_is_wrong():
            return super().clean()


class _Passkey(forms.AuthenticateWebAuthnForm):
    credential = ShallowJson(widget=HiddenInput)

    def clean_credential(self) -> Any:
        try:
            _let_guess(self.user, stepping_up=self.reauthenticated)
            with _odd_is_wrong():
                return super().clean_credential()
        except ValidationError:
            refuse_factor(context.request, self.user, method="webauthn", stepping_up=self.reauthenticated)
            raise


class AuthenticatePasskeyForm(_Passkey):
    """Beside a password."""


class ReauthenticatePasskeyForm(_Passkey, forms.ReauthenticateWebAuthnForm):
    """To step up."""


class SignInPasskeyForm(_Passkey, forms.LoginWebAuthnForm):
    """As the only factor."""


class AuthenticateForm(base.AuthenticateForm):
    def clean_code(self) -> Any:
        _let_guess(self.user, stepping_up=False)
        return super().clean_code()


class ReauthenticateForm(base.ReauthenticateForm):
    def clean_code(self) -> Any:
        _let_guess(self.user, stepping_up=True)
        return super().clean_code()


@contextmanager
def _odd_is_wrong() -> Iterator[None]:
    """allauth and fido2 expect certain shapes; whatever else arrives does not fit either."""
    try:
        yield
    except (TypeError, ValueError, LookupError, AttributeError):
        raise ValidationError("This is not what an authenticator says.") from None


def _let_guess(user: Any, *, stepping_up: bool) -> None:
    """A second factor has few values: who holds the password must not have many tries."""
    if user is None:
        return  # known only once the passkey fits, and that is not to be guessed
    who = door.caller(context.request, user)
    try:
        (accounts.let_step_up if stepping_up else accounts.let_try_factor)(who)
    except Throttled:
        raise ValidationError("Too many failed attempts. Try again later.") from None
