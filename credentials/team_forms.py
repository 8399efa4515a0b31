"""Forms about a team: people, settings, API keys, the audit. The vault checks; a form only says where it hurts."""

from collections.abc import Iterable
from typing import Any

from django import forms

from credentials.access import Role, Scope
from credentials.errors import VaultError
from credentials.vault import keys, policy

ROLES = [(role.value, role.label) for role in Role]


class Shown(forms.Form):
    def show(self, problem: VaultError) -> None:
        """Put the vault's refusal beside the fields it is about, or above the form."""
        for name, message in (problem.fields or {"": problem.message}).items():
            self.add_error(name if name in self.fields else None, message)


class InvitationForm(Shown):
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label="Role", choices=ROLES)


class JoinForm(Shown):
    password = forms.CharField(
        label="Password",
        strip=False,
        help_text="At least ten characters. A few random words are easy to type and hard to guess.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label="Password again", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") != cleaned.get("password_again"):
            self.add_error("password_again", "The two passwords differ. Type both again.")
        return cleaned


def _number(name: str, label: str, help_text: str) -> forms.IntegerField:
    least, most, _ = policy.RANGES[name]
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=help_text)


class SettingsForm(Shown):
    step_up_minutes = _number(
        "step_up_minutes",
        "Minutes a confirmation lasts",
        "After that long, revealing a value and changing rights ask again who you are.",
    )
    requires_second_factor = forms.BooleanField(
        label="Members need a second factor",
        required=False,
        help_text="Members without one reach only the page that sets it up.",
    )
    operators_reveal = forms.BooleanField(
        label="Operators may reveal values",
        required=False,
        help_text="Without it they use codes and metadata; managers and owners see values all the same.",
    )
    reveal_seconds = _number(
        "reveal_seconds",
        "Seconds a revealed value stays",
        "Then it hides by itself, as it does when somebody looks away.",
    )
    code_retention_hours = _number(
        "code_retention_hours",
        "Hours received codes are kept",
        "Older ones are deleted, message and all, whenever prunecodes runs.",
    )
    versions_kept = _number(
        "versions_kept",
        "Versions kept of each credential",
        "Older ones go with the next change, or when pruneversions runs, and cannot be brought back.",
    )


class KeyForm(Shown):
    """A new API key: least rights first, an end unless one asks for none."""

    SCOPES = (
        (Scope.CREDENTIALS_READ, "See metadata of credentials"),
        (Scope.CREDENTIALS_WRITE, "Add, change and trash credentials"),
        (Scope.TOTP_READ, "Get TOTP codes"),
        (Scope.CODES_WRITE, "Send received codes in (all a forwarder needs)"),
        (Scope.CODES_READ, "Read and claim received codes"),
        (Scope.VALUES_RELEASE, "Release values: whoever has this key gets the passwords themselves"),
    )
    ENDS = (("30", "in 30 days"), ("90", "in 90 days"), ("365", "in a year"), ("", "never"))

    name = forms.CharField(label="Name", help_text="What uses it, such as “checkout agent”.")
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=[(scope.value, words) for scope, words in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.CREDENTIALS_READ.value, Scope.TOTP_READ.value],
    )
    days = forms.ChoiceField(label="It ends", choices=ENDS, required=False, initial="90")
    networks = forms.CharField(
        label="Only from these networks",
        required=False,
        help_text="Such as 10.0.0.0/8, separated by spaces. Empty: any.",
    )

    def given(self) -> dict[str, Any]:
        """What the person gave, as the arguments of the verb."""
        cleaned = self.cleaned_data
        days = cleaned.get("days")
        return {
            "name": cleaned["name"],
            "scopes": cleaned["scopes"],
            "expires_at": keys.days_from_now(int(days)) if days else None,
            "networks": cleaned.get("networks", "").replace(",", " ").split(),
        }


class HookForm(Shown):
    """A new hook address; a receiving one may be for nobody yet."""

    KINDS = (
        ("receive", "Takes codes in: a phone, a gateway or a mailbox posts messages to it"),
        ("answer", "Answers with codes: an agent asks it for the code it waits for"),
    )

    name = forms.CharField(label="Name", help_text="What calls it, such as “office phone”.")
    kind = forms.ChoiceField(label="What it does", choices=KINDS, widget=forms.RadioSelect, initial="receive")
    identifier = forms.CharField(
        label="For",
        required=False,
        help_text="The e-mail address or phone number. Empty: the sender says it, or a credential does.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential_id = forms.CharField(
        label="Or for a credential",
        required=False,
        help_text="Its id, such as cred_…: codes for its identifier and from its own TOTP secret.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    signing_key = forms.CharField(
        label="Signing key",
        required=False,
        help_text="Then only what is signed with it is taken. Sealed, and never shown again.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class Moment(forms.DateTimeField):
    """A minute, as the browser's own field gives it; a whole day is welcome too."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class AuditForm(forms.Form):
    """The filters of the audit page. Each may be left empty."""

    who = forms.ChoiceField(label="Who", required=False)
    action = forms.ChoiceField(label="Action", required=False)
    credential = forms.CharField(
        label="Credential", required=False, max_length=200, widget=forms.TextInput(attrs={"placeholder": "Name or id"})
    )
    outcome = forms.ChoiceField(
        label="Outcome",
        required=False,
        choices=[("", "any"), *((word, word) for word in ("done", "refused", "failed"))],
    )
    door = forms.ChoiceField(label="Door", required=False)
    since = Moment(label="From (UTC)", required=False)
    until = Moment(label="To (UTC)", required=False)
    q = forms.CharField(
        label="Anywhere", required=False, max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "Part of an id or address"}),
    )  # fmt: skip

    def __init__(
        self, data: Any, *, actors: Iterable[tuple[str, list[tuple[str, str]]]], actions: list[str], doors: list[str]
    ) -> None:
        super().__init__(data)
        self._offer("who", [("", "anybody"), *((title, some) for title, some in actors if some)])
        for name, words in (("action", actions), ("door", doors)):
            self._offer(name, [("", "any"), *((word, word) for word in sorted(map(str, words)))])

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name] = forms.ChoiceField(label=self.fields[name].label, required=False, choices=choices)
