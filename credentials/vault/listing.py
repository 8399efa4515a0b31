"""Verbs that list credentials for people: by name with search and filters, and what a person wants first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from credentials.access import Action, Caller
from credentials.audit import events_of, looked
from credentials.models import Credential, CredentialQuerySet, Favourite
from credentials.vault import text
from credentials.vault.clock import now
from credentials.vault.replica import lagging
from credentials.vault.search import searched

PAGE = 50
MOST_FAVOURITES = 50
MOST_RECENT = 5
SOON = timedelta(days=30)
EVENTS_LOOKED_AT = 100  # of a person's own, for what they used last
BACK = "-"  # a cursor that begins with it leads to the page before
_ROW = (
    "id", "name", "name_key", "type", "username", "domain", "url", "secret_label", "card_last_four", "has_totp",
    "folder_id", "last_used_at", "last_used_by", "rotated_at", "created_at", "updated_at", "deleted_at", "expires_on",
)  # fmt: skip
_USES = frozenset({Action.CREDENTIAL_CODE, Action.CREDENTIAL_REVEAL, Action.CREDENTIAL_SEED})


@dataclass(frozen=True)
class Only:
    """Filters of a list. None and "" ask nothing; `folder_id` NO_FOLDER asks for what is in none."""

    folder_id: str = ""
    type: str = ""
    has_totp: bool = False
    expiring: bool = False  # has expired, or will within SOON
    apart_from: tuple[str, ...] = ()  # ids that are shown elsewhere


NO_FOLDER = "none"
EVERYTHING = Only()


@dataclass(frozen=True)
class Page:
    """One page of metadata rows (dicts of `_ROW` and `is_favourite`) and the cursors of its neighbours, or None."""

    rows: list[dict[str, Any]]
    next_cursor: str | None
    previous_cursor: str | None


@dataclass(frozen=True)
class First:
    """What a person looks for most: their favourites by name, and what they used last."""

    favourites: list[dict[str, Any]]
    recent: list[dict[str, Any]]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(row["id"] for row in (*self.favourites, *self.recent))


def list_credentials(
    caller: Caller,
    *,
    query: str = "",
    cursor: str = "",
    in_trash: bool = False,
    size: int = PAGE,
    only: Only = EVERYTHING,
) -> Page:
    """Metadata by name. `query`: a literal part of name, username, domain or label, case aside, or a whole id."""
    with looked(caller, Action.CREDENTIAL_SEE, at=now()):
        mine = searched(Credential.objects.using(lagging()), caller.team_id, query)
        wanted = _filtered(mine.in_trash() if in_trash else mine.kept(), only)
        back, place = cursor.startswith(BACK), _read_cursor(cursor.removeprefix(BACK))
        # Two steps, so that the first reads nothing but the index that the search walks.
        ids = list(_from(wanted, place, back=back).values_list("id", flat=True)[: size + 1])
        more, ids = len(ids) > size, ids[:size]
        rows = _rows(caller, reversed(ids) if back else ids)
    has_next, has_previous = (bool(place), more) if back else (more, bool(place))
    return Page(
        rows,
        _cursor(rows[-1]) if rows and has_next else None,
        BACK + _cursor(rows[0]) if rows and has_previous else None,
    )


def list_first(caller: Caller) -> First:
    """A person's favourites and what they used last; nobody else has any."""
    with looked(caller, Action.CREDENTIAL_SEE, at=now()):
        starred = Favourite.objects.filter(
            user_id=_user_id(caller), credential__team_id=caller.team_id, credential__deleted_at=None
        ).order_by("credential__name_key", "credential_id")
        favourites = _rows(caller, starred.values_list("credential_id", flat=True)[:MOST_FAVOURITES])
        shown = {row["id"] for row in favourites}
        used = [id for id in _used_last(caller) if id not in shown]
        kept = Credential.objects.using(lagging()).of(caller.team_id).kept()
        still_there = set(kept.filter(id__in=used).values_list("id", flat=True))
        recent = _rows(caller, [id for id in used if id in still_there][:MOST_RECENT])
    return First(favourites, recent)


def _used_last(caller: Caller) -> list[str]:
    """The ids of the credentials that a person used, latest first, each once: their own audit knows."""
    own = events_of(caller.own_team).using(lagging()).filter(actor_id=caller.id, actor_kind=caller.kind)
    events = own.values_list("action", "outcome", "target_id")[:EVENTS_LOOKED_AT]
    return list(dict.fromkeys(id for action, outcome, id in events if action in _USES and outcome == "done"))


def due() -> date:
    """What expires until this day is shown as expiring."""
    return (now() + SOON).date()


def expiry(on: date | None) -> str:
    """Whether something that is good until a day is "expired" or "due"; empty when neither."""
    if on is None or on > due():
        return ""
    return "expired" if on < now().date() else "due"


def _filtered(rows: CredentialQuerySet, only: Only) -> CredentialQuerySet:
    if only.folder_id:
        rows = rows.filter(folder_id=None if only.folder_id == NO_FOLDER else text.clean_id(only.folder_id))
    if only.type:
        rows = rows.filter(type=text.clean_id(only.type))
    if only.has_totp:
        rows = rows.filter(has_totp=True)
    if only.expiring:
        rows = rows.filter(expires_on__isnull=False, expires_on__lte=due())
    return rows.exclude(id__in=only.apart_from) if only.apart_from else rows


def _from(rows: CredentialQuerySet, place: tuple[str, str] | None, *, back: bool) -> CredentialQuerySet:
    """From a place on, or back from it. A range and a tie-break, so that the index is walked and nothing skipped."""
    if place and back:
        rows = rows.filter(name_key__lte=place[0]).filter(Q(name_key__lt=place[0]) | Q(id__lt=place[1]))
    elif place:
        rows = rows.filter(name_key__gte=place[0]).filter(Q(name_key__gt=place[0]) | Q(id__gt=place[1]))
    return rows.order_by("-name_key", "-id") if back else rows.order_by("name_key", "id")


def _rows(caller: Caller, ids: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of the ids, in their order. Stars are never stale: somebody has just pressed one."""
    wanted = list(ids)
    found = {row["id"]: row for row in Credential.objects.using(lagging()).filter(id__in=wanted).values(*_ROW)}
    starred = set(
        Favourite.objects.filter(user_id=_user_id(caller), credential_id__in=wanted).values_list(
            "credential_id", flat=True
        )
    )
    return [{**found[id], "is_favourite": id in starred} for id in wanted if id in found]


def _user_id(caller: Caller) -> int:
    """Of a person; 0, which nobody has, for everybody else."""
    return int(caller.id) if caller.is_person else 0


def _cursor(row: dict[str, Any]) -> str:
    return f"{row['id']}.{row['name_key']}"


def _read_cursor(cursor: str) -> tuple[str, str] | None:
    credential_id, dot, key = text.storable(cursor).partition(".")
    return (key, text.clean_id(credential_id)) if dot else None
