"""What lies under the seals, opened: named values and a TOTP secret. Only the vault's own modules use this."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from credentials.errors import Invalid, NotFound, SealBroken
from credentials.models import Credential, SecretVersion
from credentials.otp import totp as otp
from credentials.sealed import unseal
from credentials.vault import text

# The values a type is known by, in the order a person reads them. Other names are welcome beside them.
KNOWN_VALUES: dict[str, dict[str, str]] = {
    "password": {"password": "Password"},
    "credit_card": {
        "card_number": "Card number",
        "card_cvv": "Security code",
        "card_exp_month": "Expiry month",
        "card_exp_year": "Expiry year",
        "card_holder_name": "Card holder",
    },
    "secret": {"secret_value": "Secret"},
}

_CARD_EXTRAS = (
    *(f"billing_{part}" for part in (
        "line1", "line2", "city", "state", "state_code", "postal_code", "country", "country_code", "email", "phone",
    )),
    "metadata",
)  # fmt: skip
# What leaves with a type when a credential becomes one of another type: values by their names, and columns.
LEAVES_WITH: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "password": (
        (*KNOWN_VALUES["password"], "totp", "metadata"),
        {"username": "", "totp_type": "none", "totp_identifier": "", "totp_secret": ""},
    ),
    "credit_card": ((*KNOWN_VALUES["credit_card"], *_CARD_EXTRAS), {"card_brand": ""}),
    "secret": (tuple(KNOWN_VALUES["secret"]), {"secret_label": ""}),
}


@dataclass(frozen=True)
class Secrets:
    """The opened contents of one version. Its repr shows nothing."""

    values: dict[str, str] = field(default_factory=dict)
    totp: otp.Totp | None = None

    def __repr__(self) -> str:
        return "<Secrets>"

    def merged(self, fields: Mapping[str, Any]) -> "Secrets":
        """These with an edit applied: removals first, then the merge, then the TOTP secret."""
        values = {k: v for k, v in self.values.items() if k not in fields.get("remove_value_keys", [])}
        return Secrets(text.secret_values(values | fields.get("values", {})), self._new_totp(fields))

    def names_that_differ(self, other: "Secrets") -> list[str]:
        """The names of the secrets that are not the same in both."""
        names = [
            name
            for name in sorted(self.values.keys() | other.values.keys())
            if self.values.get(name) != other.values.get(name)
        ]
        return names if self.totp == other.totp else [*names, "totp_secret"]

    def _new_totp(self, fields: Mapping[str, Any]) -> otp.Totp | None:
        given = fields.get("totp_secret")
        if isinstance(given, otp.Totp):
            return given
        settings: dict[str, Any] = {key: fields.get(f"totp_{key}") for key in ("algorithm", "digits", "period")}
        if given is None or not given.strip():
            if any(value is not None for value in settings.values()):
                raise Invalid(fields={"totp_secret": "The TOTP settings require a new totp_secret."})
            return self.totp if given is None else None
        try:
            return otp.parse(given, **settings, fallback=self.totp)
        except otp.BadSecret as problem:
            raise Invalid(fields={"totp_secret": str(problem)}) from None


def describe(credential: Credential, secrets: Secrets) -> None:
    """Write onto the metadata what may be known about the secrets, and what search looks through."""
    credential.value_keys = sorted(secrets.values)
    credential.card_last_four = secrets.values.get("card_number", "").replace(" ", "")[-4:]
    totp = secrets.totp
    credential.has_totp = totp is not None
    credential.totp_algorithm = totp.algorithm if totp else ""
    credential.totp_digits = totp.digits if totp else None
    credential.totp_period = totp.period if totp else None
    credential.totp_is_short = totp.is_short if totp else False
    index(credential)


def index(credential: Credential) -> None:
    seen = (credential.name, credential.username, credential.domain, credential.secret_label,
            credential.card_brand, credential.card_last_four)  # fmt: skip
    credential.search_text = text.folded("\n".join(part for part in seen if part))


def open_values(version: SecretVersion) -> dict[str, str]:
    values: dict[str, str] = json.loads(unseal(version, "values") or "{}")
    return values


def open_totp(version: SecretVersion) -> otp.Totp | None:
    seed = unseal(version, "totp_secret")
    return otp.Totp.load(seed) if seed else None


def open_version(version: SecretVersion) -> Secrets:
    """Raises SealBroken when anything under it does not open."""
    return Secrets(open_values(version), open_totp(version))


def current_version(credential: Credential) -> SecretVersion:
    found = credential.versions.filter(number=credential.current_number).first()
    if found is None:
        raise SealBroken("The current version of this credential is missing from the database.")
    found.credential = credential
    return found


def open_current(credential: Credential) -> Secrets:
    return open_version(current_version(credential))


def numbered_version(credential: Credential, number: int) -> SecretVersion:
    found = credential.versions.filter(number=number).first() if 0 < number < 2**31 else None
    if found is None:
        raise NotFound
    found.credential = credential
    return found


def open_all(credential: Credential) -> list[tuple[SecretVersion, Secrets]]:
    """Every kept version, opened under the place it has now (before a domain changes)."""
    opened = []
    for version in credential.versions.order_by("number"):
        version.credential = credential
        opened.append((version, open_version(version)))
    return opened


def reseal(credential: Credential, opened: Iterable[tuple[SecretVersion, Secrets]]) -> None:
    """Seal opened versions again for the place the credential has now."""
    for version, secrets in opened:
        version.credential = credential
        _write(version, secrets)
        version.save(update_fields=["values", "totp_secret"])


def add_version(credential: Credential, secrets: Secrets, *, at: datetime, by: str) -> None:
    """Make `secrets` the current version and let the oldest beyond the team's limit go."""
    if credential.versions.filter(number__gt=credential.current_number).exists():
        raise SealBroken(
            "This credential was rolled back outside Strongroom: it has newer versions than its current one."
        )
    credential.current_number += 1
    credential.rotated_at = at
    store_version(credential, secrets, number=credential.current_number, at=at, by=by)
    credential.versions.filter(number__lte=credential.current_number - credential.team.versions_kept).delete()


def store_version(credential: Credential, secrets: Secrets, *, number: int, at: datetime, by: str) -> None:
    version = SecretVersion(credential=credential, number=number, created_at=at, created_by=by)
    _write(version, secrets)
    version.save(force_insert=True)


def _write(version: SecretVersion, secrets: Secrets) -> None:
    version.values = json.dumps(secrets.values) if secrets.values else None
    version.totp_secret = secrets.totp.dump() if secrets.totp else None
