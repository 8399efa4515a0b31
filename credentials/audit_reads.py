"""Verbs that only read: nothing is given away without its event, and yet no lock is held while they look.

Their commits are shared: with many agents of one team, waiting for the disk would be the longest part of a code. An
answer that is lost after a commit leaves the event of something that was not given. Only the vault calls this.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import OperationalError, transaction

from credentials.access import Action, Caller, require
from credentials.audit import (
    OUR_ID,
    Entry,
    Outcome,
    add_after,
    add_all,
    checked,
    event_of,
    line_of,
    lock,
    record_failure,
    recorded,
    turn,
)
from credentials.chain_head import Head, has_happened, head_and_last_change
from credentials.errors import Conflict
from credentials.metrics import happened
from credentials.models import AuditEvent

TRIES = 3  # to add an event without a lock
# What only reads, and so leaves true what others have just read.
CHANGES_NOTHING = frozenset(
    {Action.CREDENTIAL_CODE, Action.CREDENTIAL_FIRST_CODE, Action.CREDENTIAL_REVEAL, Action.RELEASE_READ}
)
# After these nobody knows, without asking again, what a caller may do.
ABOUT_RIGHTS = frozenset(action for action in Action if action.partition(".")[0] in {"member", "key", "hook", "team"})
Given = TypeVar("Given")


@dataclass(eq=False)
class _Finished:
    """A verb that has looked, and waits until its event is on disk. `added` says how that went; None: not yet."""

    caller: Caller
    action: Action
    entry: Entry
    at: datetime
    event: AuditEvent  # as it follows the head that was looked at
    added: bool | None = None
    problem: BaseException | None = None  # of the commit that it shared


_waiting: dict[str, deque[_Finished]] = {}  # by line


def read_and_recorded(
    caller: Caller, action: Action, look: Callable[[Entry], Given], *, at: datetime, kind: str = "", id: str = ""
) -> Given:
    """Run a verb that only reads, and its event: nothing is given away without one.

    No transaction is open and no lock held while the verb looks. It tells its entry which head the chain had in that
    moment, and the event is added only if nothing was changed in the team since. Otherwise it looks again: `look` may
    run several times, in the end under the lock.
    """
    if action not in CHANGES_NOTHING:
        raise ValueError(f"{action} may change something.")
    for _ in range(TRIES):
        entry = Entry(kind, id if OUR_ID.fullmatch(id) else "")
        try:
            require(caller, action, at=at)
            given = look(entry)
            added = entry.head.seq > 0 and _add_with_others(_finished(caller, action, entry, at))
            if not added:
                _check_rights_stand(caller, entry)
        except Exception as problem:
            record_failure(caller, action, entry, at, problem)
            raise
        if added:
            happened(action, Outcome.DONE)
            return given
    with recorded(caller, action, at=at, kind=kind, id=id) as entry:
        return look(entry)


def _finished(caller: Caller, action: Action, entry: Entry, at: datetime) -> _Finished:
    event = event_of(caller, action, Outcome.DONE, checked(entry), at, entry.head)
    return _Finished(caller, action, entry, at, event)


def _check_rights_stand(caller: Caller, entry: Entry) -> None:
    """Who is told in the middle of it that something about rights has changed must be asked again who they are."""
    if caller.team_id and entry.head.seq and has_happened(caller.team_id, ABOUT_RIGHTS, since=entry.head.seq):
        raise Conflict("Rights in this team changed just now. Try again.", code="rights_changed")


def _add_with_others(finished: _Finished) -> bool:
    """Add the event of a verb that has looked; whether it was, or something changed since.

    While one thread waits for its commit others finish looking, and whoever is next takes their events along: a chain
    is one line, and waiting for the disk is the longest part of it.
    """
    waiting = _waiting.setdefault(line_of(finished.caller.team_id), deque())
    waiting.append(finished)
    try:
        with turn(finished.caller.team_id):
            if finished.added is None and finished.problem is None:  # nobody took it along
                _add_all_of(waiting)
    except BaseException:
        with suppress(ValueError):
            waiting.remove(finished)  # it never had its turn, and must not be added behind its back
        raise
    if finished.problem:
        raise OperationalError("The commit of several events did not succeed.") from finished.problem
    return bool(finished.added)


def _add_all_of(waiting: deque[_Finished]) -> None:
    """What goes wrong with a commit goes wrong for all who share it: nobody knows whether it is on disk, and who comes
    next would wait as long for the same."""
    taken: list[_Finished] = []
    try:
        while waiting:
            taken.append(waiting.popleft())
        _add_together(taken)
    except BaseException as problem:
        for one in taken:
            one.problem = problem
        raise


def _add_together(taken: list[_Finished]) -> None:
    one = taken[0]
    if len(taken) == 1 and add_after(one.entry.head, one.event, one.entry.also):
        one.added = True
        return
    with transaction.atomic(durable=True):
        added = {
            team_id: _extend(team_id, [one for one in taken if one.caller.team_id == team_id])
            for team_id in {one.caller.team_id for one in taken}
        }
    for one in taken:
        one.added = one in added[one.caller.team_id]


def _extend(team_id: str | None, finished: list[_Finished]) -> list[_Finished]:
    """Add those events before which nothing was changed since their verbs looked; which these are."""
    lock(team_id)
    looked_at = min(one.entry.head.seq for one in finished)
    head, changed = head_and_last_change(team_id, since=looked_at, harmless=CHANGES_NOTHING)
    added = [one for one in finished if one.entry.head.seq >= changed]
    events = []
    for one in added:
        event = event_of(one.caller, one.action, Outcome.DONE, one.entry, one.at, head)
        events.append(event)
        head = Head(event.seq, event.hash)
    if events:
        add_all(events, [statement for one in added for statement in one.entry.also])
    return added
