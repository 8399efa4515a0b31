"""Forms for people: plain forms that shape input for a verb. The vault checks; a form only says where it hurts."""

from typing import Any

from django import forms

from credentials.errors import VaultError
from credentials.vault.contents import KNOWN_VALUES
from credentials.vault.generate import CLASSES, LENGTHS, WORDS

ONE_LINE_SECRETS = {
    "password",
    "card_number",
    "card_cvv",
    "card_exp_month",
    "card_exp_year",
    "card_holder_name",
}
KEEP = "Leave empty to keep what is stored."
TYPE_AGAIN = "Type this again: secrets are never sent back into a page."


class SecretTextarea(forms.Textarea):
    """Several lines that never come back into the page, as a password never does."""

    def format_value(self, value: Any) -> None:
        return None


class SetupForm(forms.Form):
    email = forms.EmailField(label="Your e-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label="Password",
        strip=False,
        help_text="At least ten characters. A few random words are easy to type and hard to guess.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label="Password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    team_name = forms.CharField(label="Name of your team", max_length=200)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") != cleaned.get("password_again"):
            self.add_error("password_again", "The two passwords differ. Type both again.")
        return cleaned


class FolderForm(forms.Form):
    title = forms.CharField(label="Title", max_length=255, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(label="Description", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def show(self, problem: VaultError) -> None:
        for name, message in (problem.fields or {"": problem.message}).items():
            field = name.removeprefix("folder_")
            self.add_error(field if field in self.fields else None, message)


class GeneratorForm(forms.Form):
    """What a password should look like; what is missing is chosen by the door."""

    kind = forms.ChoiceField(choices=[("password", "Password"), ("passphrase", "Passphrase")], required=False)
    length = forms.IntegerField(required=False, min_value=LENGTHS[0], max_value=LENGTHS[-1])
    words = forms.IntegerField(required=False, min_value=WORDS[0], max_value=WORDS[-1])
    classes = forms.MultipleChoiceField(required=False, choices=[(name, name) for name in CLASSES])


class PushForm(forms.Form):
    """A message handed in by hand, as a forwarder would. The message is a secret: it never comes back into the page."""

    identifier = forms.CharField(
        label="For",
        help_text="The e-mail address or phone number that it was sent to.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    content = forms.CharField(
        label="Message or code",
        help_text="The whole message is best: the code in it is found by rules, here and now.",
        widget=SecretTextarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    source = forms.ChoiceField(
        label="It came by",
        required=False,
        choices=[("", "something else"), ("sms", "SMS"), ("email", "e-mail"), ("phone", "phone call"), ("app", "app")],
    )

    def show(self, problem: VaultError) -> None:
        for name, message in (problem.fields or {"content": problem.message}).items():
            self.add_error(name if name in self.fields else None, message)

    def say_what_was_lost(self) -> None:
        if self.errors and self.data.get("content") and "content" not in self.errors:
            self.add_error("content", TYPE_AGAIN)


class CredentialForm(forms.Form):
    """Add and edit. The type decides which secrets are asked for; stored secrets never come back into the form."""

    name = forms.CharField(label="Name", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    username = forms.CharField(label="Username", required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    domain = forms.CharField(
        label="Domain",
        required=False,
        help_text="The site's host, such as accounts.example.com. Every seal is bound to it.",
    )
    url = forms.CharField(label="Sign-in page", required=False, widget=forms.TextInput(attrs={"inputmode": "url"}))
    secret_label = forms.CharField(label="Label", required=False, help_text="What the secret is for.")
    card_brand = forms.CharField(label="Brand", required=False)
    totp_secret = forms.CharField(
        label="TOTP secret",
        required=False,
        help_text="The key a site shows beside its QR code, or the whole otpauth:// address.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    totp_identifier = forms.CharField(
        label="Codes arrive at",
        required=False,
        help_text="The e-mail address or phone number the site sends codes to.",
    )
    expires_on = forms.DateField(
        label="Expires on",
        required=False,
        help_text="When the site, the card or your own rules want a new one. The list shows what is due.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": "2000-01-01", "max": "2999-12-31"}),
    )
    remove_totp = forms.BooleanField(label="Remove the TOTP secret", required=False)
    notes = forms.CharField(
        label="Notes", required=False, strip=False, help_text="Sealed like a password.",
        widget=SecretTextarea(attrs={"rows": 3}),
    )  # fmt: skip
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    only_for = {"username": {"password"}, "secret_label": {"secret"}, "card_brand": {"credit_card"},
                "domain": {"password", "secret"}, "url": {"password"}, "totp_identifier": {"password"}}  # fmt: skip
    secrets_first = ("name", "username", "domain", "url", "secret_label", "card_brand")

    def __init__(self, *args: Any, type: str, stored: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type, self.stored = type, stored
        for name, types in self.only_for.items():
            if type not in types:
                del self.fields[name]
        for key, label in KNOWN_VALUES[type].items():
            self.fields[key] = _secret_field(key, label, kept=stored is not None)
        self._fit_to_stored()
        self.order_fields([*self.secrets_first, *KNOWN_VALUES[type], "totp_secret", "remove_totp"])

    def _fit_to_stored(self) -> None:
        if self.stored is None or not self.stored.has_totp:
            del self.fields["remove_totp"]
        if self.stored is None:
            return
        if self.stored.has_totp:
            self.fields["totp_secret"].help_text = KEEP
        if "notes" in self.stored.value_keys:
            self.fields["notes"].help_text = KEEP

    def given(self) -> dict[str, Any]:
        """What the person gave, as the fields of a verb: an empty secret means 'as it was'."""
        cleaned = self.cleaned_data
        fields: dict[str, Any] = {
            name: cleaned[name]
            for name in (*self.secrets_first, "totp_identifier", "expires_on")
            if name in self.fields
        }
        values = {name: cleaned[name] for name in self._secret_names() if cleaned.get(name)}
        values |= {name: value for name, value in self._named_values() if name and value}
        if values:
            fields["values"] = values
        if self._removed():
            fields["remove_value_keys"] = self._removed()
        if cleaned.get("remove_totp"):
            fields["totp_secret"] = ""
        elif cleaned.get("totp_secret"):
            fields["totp_secret"] = cleaned["totp_secret"]
        if self.stored is None:
            fields["type"] = self.type
        return fields

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, value in self._named_values():
            if value and not name.strip():
                self.add_error(None, "A value of your own needs a name.")
        return cleaned

    def say_what_was_lost(self) -> None:
        """Typed secrets are not sent back into the page; the person has to know which ones to type again."""
        for name in (*self._secret_names(), "totp_secret"):
            if self.data.get(name) and name not in self.errors:
                self.add_error(name, TYPE_AGAIN)
        if any(value for _, value in self._named_values()):
            self.add_error(None, "Type the values of your own again: secrets are never sent back into a page.")

    @property
    def own_values(self) -> list[dict[str, Any]]:
        """The values that are not of the type: stored ones, whose names stay, and what somebody began to add."""
        known = self._secret_names()
        stored = [key for key in (self.stored.value_keys if self.stored else []) if key not in known]
        typed = [name for name, _ in self._named_values() if name and name not in stored]
        rows = [{"name": name, "is_stored": True, "is_removed": name in self._removed()} for name in sorted(stored)]
        return rows + [{"name": name} for name in typed]

    def _secret_names(self) -> list[str]:
        return [*KNOWN_VALUES[self.type], "notes"]

    def _named_values(self) -> list[tuple[str, str]]:
        if not self.is_bound:
            return []
        data: Any = self.data
        names, values = data.getlist("own_name"), data.getlist("own_value")
        return list(zip((name.strip() for name in names), values, strict=False))

    def _removed(self) -> list[str]:
        data: Any = self.data
        return list(data.getlist("remove_value")) if self.is_bound else []

    def show(self, problem: VaultError) -> None:
        """Put the vault's refusal beside the fields it is about, or above the form."""
        for name, message in (problem.fields or {"": problem.message}).items():
            self.add_error(name if name in self.fields else None, message)


def _secret_field(key: str, label: str, *, kept: bool) -> forms.CharField:
    attrs = {"autocomplete": "new-password", "spellcheck": "false"}
    widget = forms.PasswordInput(attrs=attrs) if key in ONE_LINE_SECRETS else SecretTextarea(attrs={**attrs, "rows": 4})
    return forms.CharField(label=label, required=False, strip=False, help_text=KEEP if kept else "", widget=widget)
