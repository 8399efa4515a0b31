"""Verbs on hooks, and who stands behind the token of one. What a hook does is in hook_calls.py.

A token is shown once, as part of an address; the database keeps its prefix and the digest of the whole.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from credentials.access import Action, Actor, Caller, Door
from credentials.audit import looked, recorded
from credentials.errors import Conflict, Invalid, NotAllowed, NotFound
from credentials.models import Credential, HookAddress, HookKind
from credentials.sealed import unseal
from credentials.vault import text, threshold, tokens
from credentials.vault.clock import new_id, now

TOUCH_EVERY = timedelta(minutes=1)


class Proof(NamedTuple):
    """What a sender may have signed, and the code it sent along: HMAC by `algorithm` over `message`."""

    algorithm: str
    message: bytes
    mac: bytes


def create_hook(
    caller: Caller, *, name: str, kind: str, identifier: str = "", credential_id: str = "", signing_key: str = ""
) -> tuple[HookAddress, str]:
    """A new hook and its token, which nobody can read again. Conflict when a living hook has the name.

    An answering one is for an identifier or a credential; a receiving one may leave both to what the senders say.
    """
    at = now()
    with recorded(caller, Action.HOOK_CREATE, at=at) as entry:
        name = text.required_line("hook_name", name)
        if HookAddress.objects.filter(team_id=caller.team_id, name=name, revoked_at=None).exists():
            raise Conflict("A hook of the team has this name already; revoke it or choose another.", code="name_taken")
        token = tokens.new("hk")
        row = HookAddress(
            id=new_id("hook", at), team_id=caller.own_team, name=name, kind=_known_kind(kind), prefix=token.prefix,
            digest=tokens.digest(token.text), signing_key=text.exact("signing_key", signing_key.strip()) or None,
            created_at=at, created_by=caller.label,
        )  # fmt: skip
        _say_whom_for(row, identifier, credential_id)
        row.save(force_insert=True)
        entry.about("hook", row.id, row.name)
        entry.detail = {"kind": row.kind, "signed": bool(row.signing_key)}
    return row, token.text


def _known_kind(kind: str) -> str:
    if kind not in HookKind.values:
        raise Invalid(fields={"kind": f"It must be one of {', '.join(HookKind.values)}."})
    return kind


def _say_whom_for(row: HookAddress, identifier: str, credential_id: str) -> None:
    row.identifier = text.exact("identifier", identifier.strip())
    if row.identifier and credential_id:
        raise Invalid(fields={"identifier": "A hook is for an identifier or for a credential, not for both."})
    if credential_id:
        kept = Credential.objects.of(row.team_id).kept()
        row.credential = kept.filter(id=text.clean_id(credential_id)).first()
        if row.credential is None:
            raise NotFound
    elif row.kind == HookKind.ANSWER and not row.identifier:
        raise Invalid(fields={"identifier": "An answering hook needs an identifier or a credential."})


def see_hooks(caller: Caller) -> list[dict[str, Any]]:
    """The team's hooks, revoked ones too, without digests and keys; `signed` says whether they want a signature."""
    with looked(caller, Action.HOOK_SEE, at=now()):
        rows = HookAddress.objects.filter(team_id=caller.team_id).order_by("name", "id")
    columns = (
        "id", "name", "kind", "identifier", "credential_id", "prefix", "created_at", "created_by", "last_used_at",
        "revoked_at",
    )  # fmt: skip
    signed = set(rows.filter(signing_key__isnull=False).values_list("id", flat=True))
    return [{**row, "signed": row["id"] in signed} for row in rows.values(*columns)]


def revoke_hook(caller: Caller, *, hook_id: str) -> None:
    """The address is nobody's from the next request on."""
    at = now()
    with recorded(caller, Action.HOOK_REVOKE, at=at, kind="hook", id=hook_id) as entry:
        rows = HookAddress.objects.select_for_update().filter(team_id=caller.team_id, revoked_at=None)
        row = rows.filter(id=text.clean_id(hook_id)).first()
        if row is None:
            raise NotFound
        entry.about("hook", row.id, row.name)
        row.revoked_at = at
        row.signing_key = None
        row.save(update_fields=["revoked_at", "signing_key"])


@dataclass(frozen=True)
class Opened:
    """A hook that was called: as whom it acts, and for whom."""

    caller: Caller
    identifier: str
    credential: Credential | None


def open_hook(token: str, *, kind: str, proofs: Iterable[Proof] = (), ip: str = "", **seen: Any) -> Opened:
    """The hook of this kind (`receive` or `answer`) behind a token.

    NotFound, in the same words, for unknown, revoked, misplaced. NotAllowed (code `bad_signature`) when the hook wants
    its requests signed and no proof fits. Throttled as for keys.
    """
    at = now()
    rows = HookAddress.objects.select_related("team", "credential")
    row = rows.filter(prefix=text.clean_id(token[: tokens.PREFIX_LENGTH])).first()
    known = tokens.is_of(token, row.digest if row else None)
    if row is None or not known or row.revoked_at or row.kind != kind:
        nobody = Caller(Door.HOOK, Actor.NOBODY, team_id=row.team_id if row else None, ip=ip, **seen)
        raise threshold.turn_away(nobody, Action.HOOK_USE, NotFound(), at=at, kind="hook", id=row.id if row else "")
    caller = Caller(
        Door.HOOK, Actor.HOOK, id=row.id, label=row.name[:254], team_id=row.team_id, team_name=row.team.name,
        team_slug=row.team.slug, hook_kind=HookKind(row.kind), ip=ip, **seen,
    )  # fmt: skip
    threshold.count_request(caller, Action.HOOK_USE, kind="hook", at=at)
    _check_signature(caller, row, proofs, at)
    if row.last_used_at is None or at - row.last_used_at > TOUCH_EVERY:
        HookAddress.objects.filter(id=row.id).update(last_used_at=at)
    return Opened(caller, row.identifier, row.credential)


def _check_signature(caller: Caller, row: HookAddress, proofs: Iterable[Proof], at: datetime) -> None:
    if row.signing_key is None:
        return
    key = (unseal(row, "signing_key") or "").encode()
    fits = [hmac.compare_digest(hmac.digest(key, proof.message, proof.algorithm), proof.mac) for proof in proofs]
    if not any(fits):
        problem = NotAllowed("The request is not signed with this hook's signing key.", code="bad_signature")
        raise threshold.turn_away(caller, Action.HOOK_USE, problem, at=at, kind="hook", id=row.id)
