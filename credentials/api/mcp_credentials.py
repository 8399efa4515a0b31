"""The MCP tool `manage_credentials`, with the actions, parameters and texts of Kernel's tool of that name.

What a key may not do, its tool does not show. No text holds a value or a seed, and no error repeats what was sent.
"""

from collections.abc import Callable
from typing import Any, cast

from credentials.access import Action, Caller
from credentials.api import mcp_shapes as shapes
from credentials.api.free_values import to_vault, type_of
from credentials.api.mcp_arguments import Mistake, taken
from credentials.errors import VaultError
from credentials.vault import credentials as vault
from credentials.vault import lookup, secrets, trash

NAME = "manage_credentials"
ACTIONS = {
    "list": Action.CREDENTIAL_SEE,
    "get": Action.CREDENTIAL_SEE,
    "totp_code": Action.CREDENTIAL_CODE,
    "create": Action.CREDENTIAL_ADD,
    "update": Action.CREDENTIAL_EDIT,
    "delete": Action.CREDENTIAL_TRASH,
}
WRITES = frozenset({"create", "update", "delete"})
TELLS = {
    "list": "list pages through the credentials, oldest first",
    "get": "get shows one",
    "totp_code": "totp_code returns the current one-time code",
    "create": "create stores a new one",
    "update": "update changes what is given and merges values",
    "delete": "delete moves one to the trash",
}
_TOTP_SETTINGS = ("totp_algorithm", "totp_digits", "totp_period")
_SETS = ("name", "values", "sso_provider", "totp_secret", *_TOTP_SETTINGS)
TAKES = {
    "list": ("domain", "limit", "offset"),
    "get": ("id_or_name",),
    "totp_code": ("id_or_name",),
    "create": ("domain", *_SETS),
    "update": ("id_or_name", *_SETS),
    "delete": ("id_or_name",),
}
PARAMETERS: dict[str, dict[str, Any]] = {
    "id_or_name": {"type": "string", "description": "Id or name of the credential (get, totp_code, update, delete)."},
    "domain": {"type": "string", "description": "Host name it is for (create), or exact filter (list)."},
    "name": {"type": "string", "description": "Name, unique in the team (create), or the new name (update)."},
    "values": {
        "type": "object",
        "additionalProperties": {"type": "string"},
        "description": 'Named values such as {"username": "…", "password": "…"}; merged into the stored ones (update).',
    },
    "sso_provider": {"type": "string", "description": "Sign-on provider such as google; an empty text clears it."},
    "totp_secret": {"type": "string", "description": "Base32 or otpauth:// TOTP secret; an empty text removes it."},
    "totp_algorithm": {"type": "string", "enum": ["SHA1", "SHA256", "SHA512"], "description": "With a totp_secret."},
    "totp_digits": {"type": "integer", "minimum": 6, "maximum": 9, "description": "With a totp_secret."},
    "totp_period": {"type": "integer", "minimum": 15, "maximum": 300, "description": "Seconds; with a totp_secret."},
    "limit": {"type": "integer", "minimum": 1, "maximum": 100, "description": "Rows on a page (list)."},
    "offset": {"type": "integer", "minimum": 0, "description": "Rows to pass over (list)."},
}


def described(caller: Caller) -> dict[str, Any] | None:
    """The tool with the actions that this key may do, as tools/list shows it; nothing when there are none."""
    actions = [action for action, right in ACTIONS.items() if caller.may(right)]
    return _with(actions) if actions else None


def _with(actions: list[str]) -> dict[str, Any]:
    taken = {name for action in actions for name in TAKES[action]}
    properties = {name: schema for name, schema in PARAMETERS.items() if name in taken}
    writes = not WRITES.isdisjoint(actions)
    told = "; ".join(TELLS[action] for action in actions)
    return {
        "name": NAME,
        "title": "Manage credentials",
        "description": f"{shapes.DATA} Actions: {told}. Stored values are never shown. Names are unique in the team.",
        "inputSchema": {
            "type": "object",
            "properties": {"action": {"type": "string", "enum": actions, "description": "What to do."}, **properties},
            "required": ["action"],
        },
        "annotations": {
            "title": "Manage credentials",
            "readOnlyHint": not writes,
            "destructiveHint": writes,
            "idempotentHint": False,
            "openWorldHint": False,
        },
    }


def call(caller: Caller, arguments: dict[str, Any]) -> shapes.Result:
    """Do one action."""
    action = arguments.get("action")
    if not isinstance(action, str) or action not in ACTIONS:
        return shapes.Result(f"Error: action must be one of {', '.join(ACTIONS)}.", is_error=True)
    try:
        return shapes.Result(_DO[action](caller, _checked(action, arguments)))
    except Mistake as mistake:
        return shapes.Result(f"Error: {mistake}", is_error=True)
    except VaultError as problem:
        return shapes.Result(f"Error in {NAME} ({action}): {shapes.refusal(problem)}", is_error=True)


def _checked(action: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What the action takes of what was sent."""
    given = taken(arguments, PARAMETERS, TAKES[action])
    if "id_or_name" in TAKES[action] and not given.get("id_or_name", "").strip():
        raise Mistake(f"id_or_name is required for {action}.")
    if any(name in given for name in _TOTP_SETTINGS) and not given.get("totp_secret", "").strip():
        raise Mistake("totp_algorithm, totp_digits and totp_period require a new totp_secret.")
    return given


def _list(caller: Caller, given: dict[str, Any]) -> str:
    window = lookup.browse_credentials(
        caller, domain=given.get("domain", ""), limit=given.get("limit", 20), offset=given.get("offset", 0)
    )
    items = [shapes.credential(row) for row in window.rows]
    more = window.next_offset is not None
    return shapes.written({"items": items, "has_more": more, "next_offset": window.next_offset or 0})


def _get(caller: Caller, given: dict[str, Any]) -> str:
    return shapes.written(shapes.single(lookup.find_credential(caller, id_or_name=given["id_or_name"])))


def _totp_code(caller: Caller, given: dict[str, Any]) -> str:
    return shapes.written(shapes.code(secrets.show_code(caller, credential_id=given["id_or_name"])))


def _create(caller: Caller, given: dict[str, Any]) -> str:
    if not all(given.get(name) for name in ("domain", "name", "values")):
        raise Mistake("domain, name, and non-empty values are required for create.")
    stored = vault.add_credential(caller, **_fields({"type": type_of(given["values"]), **given}))
    return shapes.written(shapes.single(stored) | _first_code(caller, stored, given))


def _update(caller: Caller, given: dict[str, Any]) -> str:
    # A client that fills in every parameter means nothing by an empty name or by no values.
    given = {name: value for name, value in given.items() if value or name not in {"name", "values"}}
    if not any(name in given for name in _SETS):
        raise Mistake("at least one update field is required.")
    fields = _fields({name: value for name, value in given.items() if name != "id_or_name"})
    stored = vault.edit_credential(caller, credential_id=given["id_or_name"], **fields)
    return shapes.written(shapes.single(stored) | _first_code(caller, stored, given))


def _delete(caller: Caller, given: dict[str, Any]) -> str:
    found = trash.trash_credential(caller, credential_id=given["id_or_name"])
    return f"Credential {shapes.one_word(given['id_or_name'], otherwise=found.id)} deleted."


def _fields(given: dict[str, Any]) -> vault.Fields:
    """The vault's names for what was sent: the username is metadata, everything else in `values` is sealed."""
    rest = {name: value for name, value in given.items() if name != "values"}
    return cast(vault.Fields, {**rest, **(to_vault(given["values"]) if given.get("values") else {})})


def _first_code(caller: Caller, stored: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The code that a site asks for when it enrols an authenticator, if the secret is new."""
    if not given.get("totp_secret", "").strip():
        return {}
    code = shapes.code(secrets.show_first_code(caller, credential_id=stored.id))
    return {"totp_code": code["code"], "totp_code_expires_at": code["expires_at"]}


_DO: dict[str, Callable[[Caller, dict[str, Any]], str]] = {
    "list": _list,
    "get": _get,
    "totp_code": _totp_code,
    "create": _create,
    "update": _update,
    "delete": _delete,
}
