"""Between Skyvern's three kinds of `credential` and the vault's shape. What agents send to Kernel: free_values.py.

in `credential`                     | in the vault                                      | kept when it is not sent
------------------------------------+---------------------------------------------------+-------------------------
password: username                  | the column `username`, as it is                   | no: it has to be sent
  password                          | sealed value `password`                           | yes
  totp                              | the sealed seed when it can be read as one, else  | yes
                                    | sealed value `totp`, unread                       |
  totp_type, totp_identifier        | columns of the same names; none is ""             | no: `none`, null
  metadata {…}                      | sealed value `metadata`, JSON text                | yes
credit_card: card_number, card_cvv, | sealed values of the same names; the last four    | no: they have to be sent
  card_exp_month, card_exp_year,    | digits also in a column                           |
  card_holder_name                  |                                                   |
  card_brand                        | the column `card_brand`                           | no: it has to be sent
  billing_address {part, …}         | a sealed value `billing_PART` for each part       | yes, part by part
  billing_email, billing_phone      | sealed values of the same names                   | yes
  metadata {…}                      | sealed value `metadata`, JSON text                | yes
secret: secret_value                | sealed value `secret_value`                       | no: it has to be sent
  secret_label                      | the column `secret_label`; none is ""             | no: null

null, "" and {} take away. Values by other names are another dialect's and stay, whatever is sent here. A credential
that changes its type loses what the table lists under the old one (vault/contents.py). A credential made elsewhere is
shown as its type says; a name that it has not is shown as "" or null.

Back again, with their values, credentials go to Skyvern only as to whom keeps them here (release.py): then values by
names that the table does not know are told among its `metadata`.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from credentials.api import skyvern_shapes as shapes
from credentials.otp import totp
from credentials.vault.credentials import Fields

_PASTE = "aste the raw setup key or full otpauth:// URI from the website's 2FA setup screen."
KEY_REQUIRED = f"Authenticator key is required. P{_PASTE}"
KEY_INVALID = f"Invalid authenticator key. P{_PASTE}".replace("raw setup", "raw Base32 setup")
SAVED_KEY_INVALID = f"Saved authenticator key is invalid. Edit the credential and p{_PASTE}"
TOTP = "totp"  # the sealed value of a seed that nobody can read
LIMITS = totp.Limits(digits=range(6, 9), periods=range(1, 10_000))
_PARTS = tuple(shapes.BillingAddress.model_fields)
_CARD = ("card_number", "card_cvv", "card_exp_month", "card_exp_year", "card_holder_name")


def to_vault(given: shapes.CredentialIn) -> Fields:
    """The fields of the vault for a credential to store, or to put in place of a stored one."""
    fields = _FIELDS[given.credential_type](given.credential)
    return {"name": given.name, "type": given.credential_type.value, **fields}


def _password(arm: Any) -> Fields:
    fields = _values({**arm.sent("password"), **_metadata(arm)})
    fields |= {
        "username": arm.username,
        "totp_type": arm.totp_type.value,
        "totp_identifier": arm.totp_identifier or "",
    }
    return _with_seed(fields, arm.totp) if "totp" in arm.model_fields_set else fields


def _card(arm: Any) -> Fields:
    values = arm.sent(*_CARD, "billing_email", "billing_phone") | _metadata(arm)
    if "billing_address" in arm.model_fields_set:
        parts = arm.billing_address.sent(*_PARTS) if arm.billing_address else dict.fromkeys(_PARTS)
        values |= {f"billing_{name}": part for name, part in parts.items()}
    return {**_values(values), "card_brand": arm.card_brand}


def _secret(arm: Any) -> Fields:
    return {**_values(arm.sent("secret_value")), "secret_label": arm.secret_label or ""}


_FIELDS: dict[shapes.CredentialType, Callable[[Any], Fields]] = {
    shapes.CredentialType.PASSWORD: _password,
    shapes.CredentialType.CREDIT_CARD: _card,
    shapes.CredentialType.SECRET: _secret,
}


def _metadata(arm: Any) -> dict[str, str | None]:
    sent = arm.sent("metadata")
    return {name: json.dumps(value, ensure_ascii=False) if value else None for name, value in sent.items()}


def _values(sent: Mapping[str, str | None]) -> Fields:
    """What is empty takes away."""
    return Fields(
        values={name: value for name, value in sent.items() if value},
        remove_value_keys=[name for name, value in sent.items() if not value],
    )


def _with_seed(fields: Fields, text: str | None) -> Fields:
    seed = seed_in(text)
    fields["totp_secret"] = seed or ""
    if seed is None and text and text.strip():
        fields["values"][TOTP] = text
    else:
        fields["remove_value_keys"].append(TOTP)
    return fields


def seed_in(text: str | None) -> totp.Totp | None:
    """The seed that an authenticator would take, with Skyvern's limits, or None."""
    try:
        return totp.parse(text or "", limits=LIMITS)
    except totp.BadSecret:
        return None


def unfit_key(arm: Any) -> dict[str, str] | None:
    """What is wrong with the key of an authenticator; whatever comes with another kind of codes is stored unread."""
    if getattr(arm, "totp_type", None) is not shapes.TotpType.AUTHENTICATOR:
        return None
    if not (arm.totp or "").strip():
        return {"error_code": "authenticator_key_required", "message": KEY_REQUIRED}
    return None if seed_in(arm.totp) else {"error_code": "invalid_authenticator_key", "message": KEY_INVALID}


def released(row: Any, values: Mapping[str, str], seed: totp.Totp | None) -> dict[str, Any]:
    """A credential with all its values, in the fields of its type."""
    left = dict(values)
    fields = _RELEASED[row.type](row, left, seed)
    metadata = {**_read_metadata(left.pop("metadata", "")), **left}
    return {"name": row.name, "type": row.type, **fields, **({"metadata": metadata} if metadata else {})}


def _released_password(row: Any, left: dict[str, str], seed: totp.Totp | None) -> dict[str, Any]:
    unread = left.pop(TOTP, None)
    return {
        "username": row.username,
        "password": left.pop("password", ""),
        "totp": _written(row, seed) if seed else unread,
        "totp_type": row.totp_type or "none",  # null would be an error
    }


def _released_card(row: Any, left: dict[str, str], seed: totp.Totp | None) -> dict[str, Any]:
    fields: dict[str, Any] = {name: left.pop(name, "") for name in _CARD} | {"card_brand": row.card_brand}
    address = {part: left.pop(f"billing_{part}") for part in _PARTS if f"billing_{part}" in left}
    fields |= {"billing_address": address} if address else {}
    return fields | {name: left.pop(name) for name in ("billing_email", "billing_phone") if name in left}


def _released_secret(row: Any, left: dict[str, str], seed: totp.Totp | None) -> dict[str, Any]:
    label = {"secret_label": row.secret_label} if row.secret_label else {}
    return {"secret_value": left.pop("secret_value", ""), **label}


_RELEASED: dict[str, Callable[[Any, dict[str, str], totp.Totp | None], dict[str, Any]]] = {
    "password": _released_password,
    "credit_card": _released_card,
    "secret": _released_secret,
}


def _written(row: Any, seed: totp.Totp) -> str:
    """The bare key while its settings are the usual ones, else an otpauth:// address that says them."""
    if seed == totp.Totp(seed.secret):
        return seed.secret
    return totp.uri(seed, issuer=row.domain, account=row.username)


def _read_metadata(text: str) -> dict[str, str]:
    """What was stored here, or, as a text, what another dialect keeps by that name."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict) and all(isinstance(value, str) for value in found.values()):
        return found
    return {"metadata": text}


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A credential as it may be shown: its metadata."""
    settings = row["agent_settings"]
    return {
        "credential_id": row["id"],
        "credential": _SHOWN[row["type"]](row),
        "credential_type": row["type"],
        "name": row["name"],
        "vault_type": "skyvern",
        "browser_profile_id": None,
        "auto_profile_disabled": settings.get("auto_profile_disabled", False),
        "pin_saved_session_ip": settings.get("pin_saved_session_ip", False),
        "tested_url": settings.get("tested_url"),
        "user_context": settings.get("user_context"),
        "save_browser_session_intent": settings.get("save_browser_session_intent", False),
        "run_sequentially": settings.get("run_sequentially", False),
        "folder_id": row["folder_id"],
        "proxy_location": settings.get("proxy_location"),
        "proxy_session_id": settings.get("proxy_session_id"),
        "created_by": None,
    }


_SHOWN: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "password": lambda row: {
        "username": row["username"],
        "totp_type": row["totp_type"],
        "totp_identifier": row["totp_identifier"] or None,
        "has_totp": row["has_totp"] or TOTP in row["value_keys"],
    },
    "credit_card": lambda row: {"last_four": row["card_last_four"], "brand": row["card_brand"]},
    "secret": lambda row: {"secret_label": row["secret_label"] or None},
}
