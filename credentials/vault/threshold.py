"""Whoever comes with a token: not too often, and with a wrong one not for ever. For keys.py and hooks.py.

Both are events, but not each of them: whoever goes on is told to wait, and nobody fills the audit with guesses.
"""

from datetime import datetime

from django.conf import settings

from credentials.access import Action, Caller
from credentials.audit import refused
from credentials.errors import Throttled, VaultError
from credentials.vault.limits import Limit, address, spend
from credentials.vault.wakeups import is_another_look


def count_request(caller: Caller, action: Action, *, kind: str, at: datetime) -> None:
    """One more request of somebody we know, however often it is looked at. Throttled beyond REQUESTS_PER_MINUTE."""
    if is_another_look.get():
        return
    try:
        spend(Limit(f"requests of a {kind}", settings.REQUESTS_PER_MINUTE), caller.id)
    except Throttled as problem:
        if problem.is_first:
            refused(caller, action, problem, at=at, kind=kind, id=caller.id)
        raise


def turn_away(nobody: Caller, action: Action, problem: VaultError, *, at: datetime, kind: str, id: str) -> VaultError:
    """The refusal of a token that opens nothing, written down; Throttled beyond BAD_KEYS_PER_MINUTE of one address.

    `id`: of the row whose prefix the token bears, so that its team sees it; or nothing.
    """
    try:
        spend(Limit("bad keys", settings.BAD_KEYS_PER_MINUTE), address(nobody.ip))
    except Throttled as throttled:
        if not throttled.is_first:
            return throttled
        problem = throttled
    refused(nobody, action, problem, at=at, kind=kind, id=id)
    return problem
