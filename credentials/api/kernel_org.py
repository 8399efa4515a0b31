"""Kernel's neighbours: who am I, the audit log, API keys.

audit log entry       | audit event
----------------------+---------------------------------------------------------------------------------------
timestamp             | at
route, path           | the action (`credential.add`); the action and the target's id, as a path
method                | by what the action does: POST makes, PATCH changes, DELETE takes away, GET reads
status                | 200 done, 403 refused, 500 failed
duration_ms           | 0: not measured
domain, client_ip,    | this server's host; the address and the client of the caller
user_agent            |
auth_strategy         | api_key, session (a person), command_line (the operator), hook, none
user_id, email        | the actor's id; a person's e-mail, else empty
service (filter only) | the door
"""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from credentials.access import Action, Caller
from credentials.api.body import json_object, moment
from credentials.api.kernel_wire import (
    MOST_ROWS,
    NAME,
    TEXT,
    USUAL_ROWS,
    Rule,
    check_project_id,
    number,
    or_null,
    page,
    take,
    whole,
    window,
    word,
    words,
    z,
)
from credentials.errors import Invalid
from credentials.vault import key_list, keys, trail

VERBS = {
    "POST": {"add", "create", "store", "rotate", "restore", "receive", "claim"},
    "PATCH": {"edit", "change", "rename"},
    "DELETE": {"trash", "delete", "purge", "remove", "revoke", "prune"},
}
METHODS = {action: next((m for m, verbs in VERBS.items() if action.split(".")[1] in verbs), "GET") for action in Action}
STRATEGIES = {"key": "api_key", "person": "session", "operator": "command_line", "nobody": "none", "hook": "hook"}
STATUSES = {"done": 200, "refused": 403, "failed": 500}
MOST_DAYS = 3650
USUAL_GRACE = 7  # days
_DAYS = or_null(number(1, MOST_DAYS))


def auth_context(request: HttpRequest, who: Caller) -> HttpResponse:
    """What the key itself says; asks nothing of the vault."""
    scope = {"project_id": who.team_id}
    return JsonResponse({
        "authentication": {"method": "api_key", "source": "api_key", "credential_id": who.id},
        "principal": {"id": who.id, "type": "api_key"},
        "organization": {"id": who.team_id},
        "authorization": {"credential_scope": scope, "effective_scope": scope},
    })  # fmt: skip


def list_audit_logs(request: HttpRequest, who: Caller) -> HttpResponse:
    limit = whole(request, "limit", number(1, MOST_ROWS), USUAL_ROWS)
    token = whole(request, "page_token", Rule("a token of X-Next-Page-Token", number(1, 10**11).fits), 10**11)
    found = trail.list_events(who, wanted=_wanted(request), limit=limit, older_than=token)
    response = page([_entry(row, request.get_host()) for row in found.rows], None)
    del response.headers["X-Next-Offset"]
    if found.older_than:
        response.headers["X-Has-More"] = "true"
        response.headers["X-Next-Page-Token"] = str(found.older_than)
    return response


def _wanted(request: HttpRequest) -> trail.Wanted:
    asked = request.GET
    method, excluded = asked.get("method", "").upper(), {name.upper() for name in words(request, "exclude_method")}
    strategy, search = asked.get("auth_strategy", ""), asked.get("search", "")
    kinds = {name: kind for kind, name in STRATEGIES.items()}
    return trail.Wanted(
        start=moment("start", asked.get("start", "")),
        end=moment("end", asked.get("end", "")),
        actions=[action for action, m in METHODS.items() if m not in excluded and m == (method or m)],
        actor_kind=kinds.get(strategy, "no such") if strategy else "",
        door=asked.get("service", "").replace("\0", ""),
        search=search.replace("/", "."),
        outcomes=[outcome for outcome, status in STATUSES.items() if search == str(status)],
        actor_ids=words(request, "search_user_id"),
    )


def _entry(row: dict[str, Any], host: str) -> dict[str, Any]:
    return {
        "timestamp": z(row["at"]),
        "method": METHODS.get(row["action"], "GET"),
        "path": "/" + "/".join(filter(None, [*row["action"].split("."), row["target_id"]])),
        "route": row["action"],
        "status": STATUSES[row["outcome"]],
        "duration_ms": 0,
        "domain": host,
        "client_ip": row["ip"],
        "user_agent": row["user_agent"],
        "auth_strategy": STRATEGIES.get(row["actor_kind"], row["actor_kind"]),
        "user_id": row["actor_id"],
        "email": row["actor_label"] if row["actor_kind"] == "person" else "",
    }


def list_api_keys(request: HttpRequest, who: Caller) -> HttpResponse:
    asked = request.GET
    status = (
        "all" if _yes(request, "include_deleted") else word(request, "status", "active", "active", "deleted", "all")
    )
    found = key_list.browse_api_keys(
        who,
        wanted=key_list.Wanted(
            living=status != "deleted",
            revoked=status != "active",
            name=asked.get("name", ""),
            query=asked.get("query", ""),
            sort_by=word(request, "sort_by", "created_at", *key_list.SORTED_BY),
            descending=word(request, "sort_direction", "asc", "asc", "desc") == "desc",
        ),
        **window(request),
    )
    return page([_key(row) for row in found.rows], found.next_offset)


def create_api_key(request: HttpRequest, who: Caller) -> HttpResponse:
    """A key like the one that asks. A policy is refused, not ignored: the key could do more than was meant."""
    rules = {"name": NAME, "days_to_expire": _DAYS, "expires_at": or_null(TEXT), "project_id": or_null(TEXT)}
    body = json_object(request)
    given = take(body, rules, required=("name",))
    if body.get("policy") is not None:
        raise Invalid("Policies are not offered; a key gets the scopes of the key that makes it.")
    check_project_id(who, given.get("project_id"))
    made, text = keys.create_key_alike(who, name=given["name"], expires_at=_expiry(given))
    return JsonResponse(_key(made) | {"key": text}, status=201)


def _expiry(given: dict[str, Any]) -> datetime | None:
    days, exact = given.get("days_to_expire"), given.get("expires_at")
    if days and exact:
        raise Invalid("Give days_to_expire or expires_at, not both.")
    if exact:
        return moment("expires_at", exact)
    return keys.days_from_now(days) if days else None


def retrieve_api_key(request: HttpRequest, who: Caller, key_id: str) -> HttpResponse:
    revoked_too = _yes(request, "include_deleted")
    return JsonResponse(_key(key_list.see_api_key(who, key_id=key_id, revoked_too=revoked_too)))


def update_api_key(request: HttpRequest, who: Caller, key_id: str) -> HttpResponse:
    given = take(json_object(request), {"name": NAME}, required=("name",))
    return JsonResponse(_key(keys.rename_api_key(who, key_id=key_id, name=given["name"])))


def rotate_api_key(request: HttpRequest, who: Caller, key_id: str) -> HttpResponse:
    rules = {"days_to_expire": _DAYS, "expire_in_days": or_null(number(0, MOST_DAYS))}
    given = take(json_object(request), rules)
    grace, days = given.get("expire_in_days"), given.get("days_to_expire")
    made, text = keys.rotate_api_key(
        who,
        key_id=key_id,
        grace=timedelta(days=USUAL_GRACE if grace is None else grace),
        lifetime=timedelta(days=days) if days else None,
    )
    return JsonResponse(_key(made) | {"key": text}, status=201)


def delete_api_key(request: HttpRequest, who: Caller, key_id: str) -> HttpResponse:
    keys.revoke_api_key(who, key_id=key_id)
    return HttpResponse(status=204)


def _yes(request: HttpRequest, name: str) -> bool:
    return word(request, name, "false", "true", "false", "1", "0") in {"true", "1"}


def _key(row: Any) -> dict[str, Any]:
    """Without the text of the key: the part in clear and dots."""
    return {
        "id": row.id,
        "name": row.name,
        "masked_key": f"{row.prefix}_{'*' * 8}",
        "created_by": _maker(row),
        "created_at": z(row.created_at),
        "expires_at": z(row.expires_at),
        "deleted_at": z(row.revoked_at),
        "project_id": row.team_id,
        "project_name": row.team.name,
    }


def _maker(row: Any) -> dict[str, Any]:
    if row.created_by:
        return {"id": str(row.created_by.pk), "email": row.created_by.email, "name": row.created_by.get_full_name()}
    return {"id": "", "email": "", "name": "command line" if row.by_operator else None}
