"""Verbs on what must be rotated: secrets that a person or key really saw, and that are still the same.

Nothing is opened for it. The audit says who saw what of which version, and which secrets each new version changed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from credentials.access import Action, Actor, Caller
from credentials.audit import events_of, looked, recorded
from credentials.errors import Invalid
from credentials.models import ApiKey, Credential, RotationMark
from credentials.vault.clock import now

SEED = "totp_secret"
EVERYTHING = "*"
# A code is no secret for longer than a minute: whoever saw one cannot make the next.
SAW = {
    Action.CREDENTIAL_REVEAL: "",
    Action.VERSION_REVEAL: "",
    Action.CREDENTIAL_SEED: SEED,
    Action.RELEASE_READ: EVERYTHING,
}
CHANGES = (Action.CREDENTIAL_EDIT, Action.VERSION_RESTORE)


@dataclass
class Exposure:
    """A credential of which somebody knows current secrets."""

    credential_id: str
    name: str
    version: int
    names: set[str] = field(default_factory=set)
    last_seen_at: datetime | None = None
    is_marked: bool = False
    is_in_trash: bool = False


@dataclass(frozen=True)
class Progress:
    """How far the rotation is for one person or key; `rows` are what is left, then what is done."""

    actor_kind: str
    actor_id: str
    actor_label: str
    total: int
    done: int
    rows: list[dict[str, Any]]


def to_rotate(caller: Caller, *, actor_kind: str, actor_id: str) -> list[Exposure]:
    """What this person or key saw of the team's secrets and still knows, by name."""
    with looked(caller, Action.ROTATION_SEE, at=now()):
        return sorted(_exposures(caller.own_team, actor_kind, actor_id), key=lambda one: (one.name, one.credential_id))


def keys_made_by(caller: Caller, *, user_id: str) -> list[dict[str, Any]]:
    """The living keys of the team that a person made: somebody has to decide about each when the person leaves."""
    with looked(caller, Action.ROTATION_SEE, at=now()):
        if not user_id.isdecimal() or len(user_id) > 18:
            return []
        rows = ApiKey.objects.filter(team_id=caller.own_team, created_by_id=int(user_id), revoked_at=None)
    return [dict(row) for row in rows.order_by("name").values("id", "name", "prefix", "last_used_at")]


def mark_to_rotate(caller: Caller, *, actor_kind: str, actor_id: str, credential_ids: Collection[str]) -> int:
    """Remember that these are to be rotated because of this person or key; how many were marked."""
    at = now()
    with recorded(caller, Action.ROTATION_MARK, at=at) as entry:
        wanted = set(credential_ids)
        found = [one for one in _exposures(caller.own_team, actor_kind, actor_id) if one.credential_id in wanted]
        if not found:
            raise Invalid("None of these was seen by them, or all of them were changed since.")
        label = _label_of(caller.own_team, actor_kind, actor_id)
        for one in found:
            RotationMark.objects.update_or_create(
                credential_id=one.credential_id, actor_kind=actor_kind, actor_id=actor_id,
                defaults={"actor_label": label, "names": sorted(one.names), "version": one.version, "marked_at": at,
                          "marked_by": caller.label},
            )  # fmt: skip
        entry.about("user" if actor_kind == Actor.PERSON else actor_kind, actor_id, label)
        entry.detail = {"count": len(found)}
    return len(found)


def rotation_progress(caller: Caller) -> list[Progress]:
    """What was marked and how much of it is done, newest marking first."""
    with looked(caller, Action.ROTATION_SEE, at=now()):
        marks = list(
            RotationMark.objects.filter(credential__team_id=caller.own_team)
            .select_related("credential")
            .order_by("-marked_at", "credential__name_key")
        )
        changes = _changes(caller.own_team, [mark.credential_id for mark in marks])
    whose: dict[tuple[str, str], list[RotationMark]] = {}
    for mark in marks:
        whose.setdefault((mark.actor_kind, mark.actor_id), []).append(mark)
    return [_progress(group, changes) for group in whose.values()]


def _progress(marks: list[RotationMark], changes: dict[str, "Changes"]) -> Progress:
    rows = [
        {
            "credential_id": mark.credential_id,
            "name": mark.credential.name,
            "is_done": not any(
                _is_same(changes.get(mark.credential_id, {}), name, mark.version, mark.credential.current_number)
                for name in mark.names
            ),
        }
        for mark in marks
    ]
    done = sum(1 for row in rows if row["is_done"])
    first = marks[0]
    rows.sort(key=lambda row: bool(row["is_done"]))
    return Progress(first.actor_kind, first.actor_id, first.actor_label, len(rows), done, rows)


Changes = dict[int, dict[str, Any]]  # version number -> the detail of the event that made it


def _exposures(team_id: str, actor_kind: str, actor_id: str) -> Iterable[Exposure]:
    seen = list(_sightings(team_id, actor_kind, actor_id).values("target_id", "action", "detail", "at"))
    ids = {row["target_id"] for row in seen}
    credentials = Credential.objects.of(team_id).in_bulk(ids)
    changes = _changes(team_id, ids)
    marked = set(
        RotationMark.objects.filter(actor_kind=actor_kind, actor_id=actor_id, credential_id__in=ids).values_list(
            "credential_id", flat=True
        )
    )
    found: dict[str, Exposure] = {}
    for event in seen:
        row: dict[str, Any] = dict(event)
        credential = credentials.get(row["target_id"])
        if credential is None:
            continue  # purged
        names = _still_known(row, credential, changes.get(credential.id, {}))
        if names:
            one = found.setdefault(credential.id, _exposure(credential, credential.id in marked))
            one.names |= names
            one.last_seen_at = max(one.last_seen_at or row["at"], row["at"])
    return found.values()


def _exposure(credential: Credential, is_marked: bool) -> Exposure:
    return Exposure(
        credential.id, credential.name, credential.current_number, is_marked=is_marked,
        is_in_trash=credential.deleted_at is not None,
    )  # fmt: skip


def _sightings(team_id: str, actor_kind: str, actor_id: str) -> QuerySet[Any]:
    rows = events_of(team_id).filter(actor_id=actor_id[:40], actor_kind=actor_kind[:20])
    return rows.filter(action__in=SAW, outcome="done")


def _label_of(team_id: str, actor_kind: str, actor_id: str) -> str:
    return _sightings(team_id, actor_kind, actor_id).values_list("actor_label", flat=True).first() or ""


def _still_known(row: dict[str, Any], credential: Credential, changes: Changes) -> set[str]:
    name = SAW[row["action"]] or row["detail"].get("field", EVERYTHING)
    version = int(row["detail"].get("version", 0))
    everything = [*credential.value_keys, *([SEED] if credential.has_totp else [])]
    names = everything if name == EVERYTHING else [name]
    return {name for name in names if _is_same(changes, name, version, credential.current_number)}


def _changes(team_id: str, credential_ids: Collection[str]) -> dict[str, Changes]:
    rows = events_of(team_id).filter(target_id__in=credential_ids, action__in=CHANGES, outcome="done")
    changes: dict[str, Changes] = {}
    for target_id, detail in rows.values_list("target_id", "detail"):
        if "became" in detail:
            changes.setdefault(target_id, {})[int(detail["became"])] = detail
    return changes


def _is_same(changes: Changes, name: str, seen: int, current: int) -> bool:
    """Whether a secret has the value now that it had in version `seen`. In doubt it has: better rotated than not.

    Each version either changed the secret, left it as it was, or brought back the value of the one it restored.
    """
    value = {0: 0}
    for number in range(1, current + 1):
        detail = changes.get(number, {})
        if name not in detail.get("changed", ()):
            value[number] = value[number - 1] if number > 1 else 1
        else:
            value[number] = value.get(int(detail.get("version", 0)) or -1, number)
    return value.get(seen, value[current]) == value[current]
