"""What several pages show in one way: the types, a row of a list, the names of values."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django.urls import reverse

from credentials.access import Action
from credentials.otp.totp import Code
from credentials.vault import listing
from credentials.vault.contents import KNOWN_VALUES

TYPES = [("password", "Login"), ("credit_card", "Card"), ("secret", "Secret")]
# What the audit's actions are called where a person reads about one credential.
WORDS = {
    Action.CREDENTIAL_CODE: "Showed a code",
    Action.CREDENTIAL_FIRST_CODE: "Got the first code",
    Action.CREDENTIAL_REVEAL: "Revealed or copied a value",
    Action.CREDENTIAL_SEED: "Showed the QR code",
    Action.CREDENTIAL_STAR: "Changed a favourite",
    Action.CREDENTIAL_ADD: "Added it",
    Action.CREDENTIAL_EDIT: "Changed it",
    Action.CREDENTIAL_TRASH: "Moved it to the trash",
    Action.CREDENTIAL_RESTORE: "Restored it",
    Action.VERSION_SEE: "Looked at the versions",
    Action.VERSION_REVEAL: "Revealed an old value",
    Action.VERSION_RESTORE: "Made an old version current",
}
# The value that is meant when somebody copies "the" secret of a row.
MAIN_VALUE = {type: next(iter(values)) for type, values in KNOWN_VALUES.items()}
NO_TITLES: Mapping[str, str] = MappingProxyType({})
_ANY_ID = "-id-"  # no slug and no word of an address has it
_LINKS = {
    "url": "credential",
    "code_url": "code",
    "edit_url": "edit_credential",
    "reveal_url": "reveal",
    "star_url": "star_credential",
    "trash_url": "trash_credential",
    "restore_url": "restore_credential",
    "purge_url": "purge_credential",
}


def rows(slug: str, found: Iterable[dict[str, Any]], titles: Mapping[str, str] = NO_TITLES) -> list[dict[str, Any]]:
    """Rows of a list; `titles` are those of the folders.

    The addresses are looked up once for all of them: that was a third of the time of a page.
    """
    links = {name: reverse(view, args=[slug, _ANY_ID]) for name, view in _LINKS.items()}
    return [
        {
            **_row(one, {name: url.replace(_ANY_ID, one["id"]) for name, url in links.items()}),
            "folder_title": titles.get(one["folder_id"] or "", ""),
        }
        for one in found
    ]


def _row(found: dict[str, Any], links: dict[str, str]) -> dict[str, Any]:
    """A row with its addresses and words; `account` is what tells it from others of its kind."""
    card = f"•••• {found['card_last_four']}" if found["card_last_four"] else ""
    key = MAIN_VALUE[found["type"]]
    return {
        **found,
        **links,
        "type_label": dict(TYPES)[found["type"]],
        "account": found["username"] or found["secret_label"] or card,
        "expiry": listing.expiry(found["expires_on"]),
        "main_key": key,
        "main_label": KNOWN_VALUES[found["type"]][key],
    }


def label_of(type: str, key: str) -> str:
    """What a person calls a value."""
    return KNOWN_VALUES[type].get(key, key.replace("_", " ").capitalize())


def code_as_json(code: Code) -> dict[str, Any]:
    """A code for a page or its script; `server_time` is by what clock it was made."""
    return {
        "code": code.code,
        "next_code": code.next_code,
        "seconds_remaining": code.seconds_remaining,
        "period": code.period,
        "expires_at": code.expires_at,
        "server_time": code.asked_at,
    }
