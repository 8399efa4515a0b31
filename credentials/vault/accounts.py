"""Verbs on a person's own account: what django-allauth did is written down, and other sessions end where they must.

The events are in the system's chain: an account belongs to no team.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session

from config.sessions import digest
from credentials.access import Action, Actor, Caller, Door
from credentials.audit import recorded, refused
from credentials.errors import NotAllowed, NotFound
from credentials.models import SignedIn, User
from credentials.vault import text
from credentials.vault.clock import now
from credentials.vault.limits import Limit, address, spend

# A browser the person has signed in from has tries of its own: nobody can use them up from elsewhere.
TRIES_OF_BROWSER = Limit("sign-in browser", 10, 300)
TRIES_FROM_ADDRESS = Limit("sign-in address", 60, 300)
TRIES_OF_PERSON = Limit("sign-in person and address", 10, 300)
TRIES_OF_PERSON_ANYWHERE = Limit("sign-in person", 50, 3600)
TRIES_OF_FACTOR = Limit("second factor", 10, 300)
TRIES_OF_STEP_UP = Limit("step-up", 10, 300)
_WRONG = NotAllowed("This did not fit.", code="wrong")


def person(user: User | AnonymousUser, **seen: Any) -> Caller:
    """Somebody as a caller on their own account."""
    if not isinstance(user, User):
        return Caller(Door.WEB, Actor.NOBODY, **seen)
    return Caller(Door.WEB, Actor.PERSON, id=str(user.pk), label=user.email, **seen)


def has_factor(user: User) -> bool:
    """Whether somebody has a second factor, or a passkey as the only one. Recovery codes alone are none."""
    factors = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(factors.exists())


def let_try(*, email: str, devices: Mapping[str, str], ip: str, **_: Any) -> None:
    """Before a password is looked at. Throttled when it was tried too often; a right one counts like a wrong one."""
    name, where = text.folded(email.strip()), address(ip)
    known = User.objects.filter(email=text.storable(name)).values_list("pk", flat=True).first()
    own = devices.get(str(known)) if known else None
    if own:
        spend(TRIES_OF_BROWSER, f"{known} {own}")
        return
    spend(TRIES_FROM_ADDRESS, where)
    spend(TRIES_OF_PERSON, f"{where} {name}")
    spend(TRIES_OF_PERSON_ANYWHERE, name)


def let_try_factor(caller: Caller) -> None:
    """Before a second factor is looked at: who asks holds the password already. Throttled after too many."""
    spend(TRIES_OF_FACTOR, f"{caller.id} {address(caller.ip)}")


def let_step_up(caller: Caller) -> None:
    """Before a step-up is looked at: who asks holds the session already. Throttled after too many."""
    spend(TRIES_OF_STEP_UP, caller.id)


def sign_in(caller: Caller, *, session_key: str, methods: Iterable[str]) -> None:
    """Somebody is in: the event, and the session in the list of their own."""
    at = now()
    with recorded(caller, Action.ACCOUNT_LOGIN, at=at) as entry:
        entry.about("user", caller.id, caller.label)
        entry.detail = {"method": "+".join(dict.fromkeys(methods))}
        _list_session(caller, session_key)


def refuse_sign_in(*, email: str, method: str, reason: str = "", **seen: Any) -> None:
    """Nobody came in. An address that is not one of ours may be a slip, or a password: it is not written down."""
    name = text.storable(email.strip().lower())
    found = User.objects.filter(email=name).values_list("pk", "email").first()
    nobody = Caller(Door.WEB, Actor.NOBODY, **seen)
    problem = NotAllowed(code=reason) if reason else _WRONG
    refused(nobody, Action.ACCOUNT_LOGIN, problem, at=now(), kind="user" if found else "",
            id=str(found[0]) if found else "", label=found[1] if found else "", method=method)  # fmt: skip


def sign_out(caller: Caller, *, session_key: str) -> None:
    """Somebody left by themselves."""
    with recorded(caller, Action.ACCOUNT_LOGOUT, at=now()) as entry:
        entry.about("user", caller.id, caller.label)
        SignedIn.objects.filter(digest=digest(session_key)).delete()


def step_up(caller: Caller, *, method: str) -> None:
    """Somebody proved again who they are."""
    with recorded(caller, Action.ACCOUNT_STEP_UP, at=now()) as entry:
        entry.about("user", caller.id, caller.label)
        entry.detail = {"method": method}


def refuse_step_up(caller: Caller, *, method: str) -> None:
    """Somebody with an open session could not prove who they are."""
    refused(caller, Action.ACCOUNT_STEP_UP, _WRONG, at=now(), kind="user", id=caller.id, label=caller.label,
            method=method)  # fmt: skip


def set_password(caller: Caller, *, user: User, password: str, method: str = "") -> None:
    """A new password, which ends every session; `keep_session` takes in the one it was changed from."""
    with recorded(caller, Action.ACCOUNT_PASSWORD, at=now()) as entry:
        entry.about("user", caller.id, caller.label)
        entry.detail = {"method": method} if method else {}
        user.set_password(password)
        user.save(update_fields=["password"])
        end_all_sessions(user.pk)


def change_factor(caller: Caller, *, action: Action, factor: str, session_key: str) -> None:
    """A second factor was added, removed or renewed: whoever else was in with the old ones is out."""
    with recorded(caller, action, at=now()) as entry:
        entry.about("user", caller.id, caller.label)
        entry.detail = {"factor": factor}
        end_all_sessions(caller.id, but=digest(session_key))


def take_along(caller: Caller, *, what: str) -> None:
    """Somebody takes a list of the admin's along as a file: the event. Whether they may is Django's permission."""
    with recorded(caller, Action.ACCOUNT_ADMIN_EXPORT, at=now()) as entry:
        entry.about("table", "", what)


def see_sessions(caller: Caller, *, session_key: str) -> list[dict[str, Any]]:
    """The person's open sessions, newest first; the one that asks is marked. Nobody's are none."""
    open_now = Session.objects.filter(expire_date__gt=now()).values("session_key")
    rows = SignedIn.objects.filter(user_id=caller.id, digest__in=open_now).order_by("-at", "-pk")
    own = digest(session_key)
    return [
        {"id": row.pk, "at": row.at, "ip": row.ip, "user_agent": row.user_agent, "is_this": row.digest == own}
        for row in rows
    ]


def end_session(caller: Caller, *, session_id: int) -> None:
    """End one of the person's own sessions. NotFound for anybody else's."""
    with recorded(caller, Action.ACCOUNT_SESSION_END, at=now()) as entry:
        found = SignedIn.objects.filter(user_id=caller.id, pk=session_id).first() if session_id < 2**63 else None
        if found is None:
            raise NotFound
        entry.about("user", caller.id, caller.label)
        entry.detail = {"count": 1}
        Session.objects.filter(session_key=found.digest).delete()
        found.delete()


def end_other_sessions(caller: Caller, *, session_key: str) -> int:
    """End all of the person's sessions but this one; how many that were."""
    with recorded(caller, Action.ACCOUNT_SESSION_END, at=now()) as entry:
        entry.about("user", caller.id, caller.label)
        count = end_all_sessions(caller.id, but=digest(session_key))
        entry.detail = {"count": count}
    return count


def end_all_sessions(user_id: int | str, *, but: str = "") -> int:
    """Within a recorded verb: no session of this person opens anything from the next request on."""
    rows = SignedIn.objects.filter(user_id=user_id).exclude(digest=but)
    digests = list(rows.values_list("digest", flat=True))
    ended, _ = Session.objects.filter(session_key__in=digests).delete()
    rows.delete()
    return ended


def keep_session(caller: Caller, *, session_key: str) -> None:
    """Take in the session that goes on under another key."""
    _list_session(caller, session_key)


def _list_session(caller: Caller, session_key: str) -> None:
    SignedIn.objects.filter(user_id=caller.id).exclude(digest__in=Session.objects.values("session_key")).delete()
    SignedIn.objects.update_or_create(
        digest=digest(session_key),
        defaults={
            "user_id": caller.id, "at": now(), "ip": text.storable(caller.ip)[:45],
            "user_agent": text.storable(caller.user_agent)[:300],
        },
    )  # fmt: skip
