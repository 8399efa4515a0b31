"""Verbs on a person's favourites: what they want first in their list. Nobody else sees them."""

from credentials.access import Action, Caller
from credentials.audit import recorded
from credentials.errors import NotAllowed
from credentials.models import Credential, Favourite
from credentials.vault.clock import now
from credentials.vault.credentials import locked


def star_credential(caller: Caller, *, credential_id: str, starred: bool) -> Credential:
    """Among the caller's favourites from now on, or no longer. Doing it twice changes nothing."""
    at = now()
    with recorded(caller, Action.CREDENTIAL_STAR, at=at, kind="credential", id=credential_id) as entry:
        if not caller.is_person:
            raise NotAllowed("Only people have favourites.")
        credential = locked(caller, credential_id)
        mine = Favourite.objects.filter(user_id=caller.id, credential=credential)
        entry.about("credential", credential.id, credential.name)
        entry.detail = {"was": mine.exists()}
        if starred:
            Favourite.objects.get_or_create(user_id=caller.id, credential=credential, defaults={"created_at": at})
        else:
            mine.delete()
    return credential
