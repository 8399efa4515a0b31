"""How verbs find a team's credentials by what is written in them: what few hold by an index, what many hold by walking
the list until the page is full. For a planner the two look alike. Each gives the same rows in any order."""

from django.db.models import F, Func, Q

from credentials.models import CredentialQuerySet, trigrams
from credentials.vault import text

# Up to here each is looked at; of more than these, walking a team of a hundred thousand finds a page as soon.
RARE = 300


def searched(rows: CredentialQuerySet, team_id: str | None, query: str) -> CredentialQuerySet:
    """The team's credentials with a literal part of what search looks through, case aside, or with a whole id."""
    needle = text.folded(text.searchable(query))
    if not needle:
        return rows.of(team_id)
    if not text.looks_like_id(query):
        return holding(rows, team_id, needle)
    # An OR costs the index: it is asked only for what could be an id.
    own = text.clean_id(query)
    return _narrowed(rows, team_id, needle, own).filter(Q(search_text__contains=needle) | Q(id=own))


def holding(rows: CredentialQuerySet, team_id: str | None, needle: str) -> CredentialQuerySet:
    """The team's credentials with the folded text in what search looks through."""
    return _narrowed(rows, team_id, needle).filter(search_text__contains=needle)


def _narrowed(rows: CredentialQuerySet, team_id: str | None, needle: str, *ids: str) -> CredentialQuerySet:
    """The team's credentials; only those that can hold the text, and those of the ids, if they are few. Who asks still
    has to ask for the text."""
    few = trigrams.holders(rows.db, team_id, needle, most=RARE) if team_id else None
    if few is None:
        return rows.of(team_id)
    # Without the sign a planner that was never told how large teams are walks the whole team to find these.
    return rows.alias(owner=Func(F("team_id"), template="+%(expressions)s")).filter(owner=team_id, id__in=[*few, *ids])
