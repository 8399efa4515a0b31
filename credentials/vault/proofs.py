"""Verbs by which the audit proves itself: verify, checkpoint, export, archive.

A chain alone cannot tell that its newest events were cut off. So each verification leaves a signed state in the
database, and checkpoints carry the chains' heads outside; verifying compares with both.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from credentials.access import Action, Caller
from credentials.audit import looked, recorded
from credentials.chain import (
    SYSTEM,
    Row,
    Verdict,
    anchor_of,
    canonical,
    chain_owners,
    cut,
    is_signed,
    name_of,
    rows_of,
    signed,
    told,
    verify,
)
from credentials.chain_head import head_of
from credentials.errors import Conflict, Invalid
from credentials.models import ChainState, Team
from credentials.vault.clock import now

CHECKPOINT = "strongroom_checkpoint"


@dataclass(frozen=True)
class Head:
    """What somebody saw of a chain at some time: `seq` was there, and had this hash."""

    seq: int
    hash: str
    seen_by: str


def verify_trail(caller: Caller, *, checkpoints: Iterable[str] = ()) -> list[Verdict]:
    """Walk the caller's team's chain, or every chain and the system's when the caller stands for no team.

    `checkpoints`: the lines of a checkpoint file, whose heads must still be there.
    """
    at = now()
    with looked(caller, Action.AUDIT_VERIFY, at=at):
        heads, forged = _heads_in(checkpoints)
        verdicts = {team_id: _verdict(team_id, slug, heads) for team_id, slug in _chains(caller.team_id)}
    with recorded(caller, Action.AUDIT_VERIFY, at=at) as entry:
        for team_id, verdict in verdicts.items():
            _remember(team_id, verdict, at)
        found = [*verdicts.values(), *forged]
        broken = [verdict.team_slug for verdict in found if verdict.is_broken]
        entry.detail = {"checked": sum(verdict.checked for verdict in found), "count": len(broken)}
    return found


def every_verdict() -> list[Verdict]:
    """On every chain and the system's, without a trace, for the verbs on the vault as a whole."""
    return [_verdict(team_id, slug, {}) for team_id, slug in _chains(None)]


def every_head() -> dict[str, list[str | int]]:
    """The number and hash of the newest event of every chain, by the chain's name."""
    return _heads_of(_chains(None))


def _heads_of(chains: Iterable[tuple[str | None, str]]) -> dict[str, list[str | int]]:
    return {name_of(team_id): list(head_of(team_id)) for team_id, _ in chains}


def _chains(of_team: str | None) -> list[tuple[str | None, str]]:
    teams = Team.objects.order_by("slug").values_list("id", "slug")
    if of_team:
        return list(teams.filter(id=of_team))
    chains: list[tuple[str | None, str]] = [*teams, (None, SYSTEM)]
    known = {team_id for team_id, _ in chains}
    return chains + [(team_id, f"unknown team {team_id}") for team_id in chain_owners() if team_id not in known]


def _verdict(team_id: str | None, slug: str, heads: dict[str, Head]) -> Verdict:
    """Whether the chain holds, and still has what was seen of it before."""
    state = ChainState.objects.filter(chain=name_of(team_id)).first()
    if state and not is_signed("state", state.signed_fields(), state.mac):
        return Verdict(slug, 0, 0, state.seq, "what the last verification said was changed")
    expected = [heads[name_of(team_id)]] if name_of(team_id) in heads else []
    if state:
        expected.append(Head(state.seq, state.hash, f"the verification of {state.at:%Y-%m-%d %H:%M} UTC"))
    found: dict[int, str] = {}
    wanted = {head.seq for head in expected}

    def note(row: Row) -> None:
        if row.seq in wanted:
            found[row.seq] = row.hash

    verdict = verify(team_id, slug, each=note)
    return verdict if verdict.is_broken else _compared(team_id, verdict, expected, found)


def _compared(team_id: str | None, verdict: Verdict, expected: list[Head], found: dict[int, str]) -> Verdict:
    anchor = anchor_of(team_id)
    for head in sorted(expected, key=lambda head: head.seq):
        if head.seq > verdict.holds_up_to:
            missing = verdict.holds_up_to + 1
            why = f"events {missing} to {head.seq} are gone: {head.seen_by} saw them"
            return replace(verdict, broken_at=missing, why=why)
        archived = anchor is not None and head.seq <= anchor.seq
        if head.seq and not archived and found.get(head.seq) != head.hash:
            return replace(verdict, broken_at=head.seq, why=f"it is another event than {head.seen_by} saw")
    return verdict


def _remember(team_id: str | None, verdict: Verdict, at: datetime) -> None:
    """The state never goes back by itself: while a chain is broken, it keeps saying up to where it once held."""
    old = ChainState.objects.filter(chain=name_of(team_id)).first()
    seq, last_hash = (old.seq, old.hash) if old and verdict.is_broken else (verdict.holds_up_to, verdict.head)
    if old and verdict.is_broken and not is_signed("state", old.signed_fields(), old.mac):
        return  # it was tampered with; what is left of it is evidence
    state = ChainState(chain=name_of(team_id), seq=seq, hash=last_hash, at=at)
    state.broken_at, state.why = verdict.broken_at, verdict.why[:200]
    state.mac = signed("state", state.signed_fields())
    state.save()


@dataclass(frozen=True)
class Badge:
    """What the last verification said: held up to event `seq` at time `at`; None and 0 when there was none yet."""

    seq: int = 0
    at: datetime | None = None
    newest: int = 0
    broken_at: int | None = None
    why: str = ""


def last_verified(caller: Caller) -> Badge:
    """The badge of the team's chain, without walking it."""
    with looked(caller, Action.AUDIT_READ, at=now()):
        newest, _ = head_of(caller.own_team)
        state = ChainState.objects.filter(chain=caller.own_team).first()
        if state is None:
            return Badge(newest=newest)
        if not is_signed("state", state.signed_fields(), state.mac):
            return Badge(0, state.at, newest, state.seq, "what the last verification said was changed")
    return Badge(state.seq, state.at, newest, state.broken_at, state.why)


def chain_states() -> dict[str, int]:
    """How many chains the last verification of each found to hold or to be broken, and how many it never saw."""
    found = {"holds": 0, "broken": 0}
    for state in ChainState.objects.iterator():
        fits = is_signed("state", state.signed_fields(), state.mac)
        found["holds" if fits and state.broken_at is None else "broken"] += 1
    return {**found, "unverified": max(0, len(_chains(None)) - sum(found.values()))}


def checkpoint(caller: Caller) -> str:
    """One signed line with the head of every chain, to be kept where this server cannot reach back."""
    at = now()
    with recorded(caller, Action.AUDIT_CHECKPOINT, at=at) as entry:
        heads = _heads_of(_chains(caller.team_id))
        fields = {CHECKPOINT: 1, "at": at.isoformat(timespec="microseconds"), "heads": heads}
        entry.detail = {"count": len(heads)}
    return canonical({**fields, "mac": signed("checkpoint", fields)})


def _heads_in(lines: Iterable[str]) -> tuple[dict[str, Head], list[Verdict]]:
    """The newest head of each chain, and a verdict on each line that this vault did not sign."""
    heads: dict[str, Head] = {}
    forged = []
    for number, line in enumerate(lines, start=1):
        fields = _read_checkpoint(line)
        if fields is None:
            forged.append(Verdict("checkpoints", 0, number - 1, number, "this line was not signed by this vault"))
            continue
        for chain, (seq, last_hash) in fields["heads"].items():
            if chain not in heads or seq >= heads[chain].seq:
                heads[chain] = Head(seq, last_hash, f"the checkpoint of {fields['at'][:16].replace('T', ' ')} UTC")
    return heads, forged


def _read_checkpoint(line: str) -> dict[str, Any] | None:
    try:
        fields = json.loads(line)
        mac = fields.pop("mac")
        return dict(fields) if CHECKPOINT in fields and is_signed("checkpoint", fields, mac) else None
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None


def export_trail(caller: Caller) -> Iterator[str]:
    """The caller's chains as JSON Lines with their hashes, this export's own event included; nothing is held back."""
    with recorded(caller, Action.AUDIT_EXPORT, at=now()) as entry:
        chains = _chains(caller.team_id)
        entry.detail = {"count": len(chains)}
    heads = {team_id: head_of(team_id)[0] for team_id, _ in chains}
    return (canonical(told(row)) + "\n" for team_id in heads for row in rows_of(team_id, until=heads[team_id]))


@dataclass(frozen=True)
class Archive:
    """What went into the file: events up to `seq`, `count` of them."""

    seq: int
    count: int
    file_digest: str


def archive_trail(caller: Caller, *, before: datetime, path: Path) -> Archive:
    """Move the chain's events older than `before` into a new file, once it was verified and read back.

    The database keeps an anchor, from which verification goes on. Conflict when the chain is broken: what does not
    hold is evidence, and stays where it is.
    """
    at = now()
    with looked(caller, Action.AUDIT_ARCHIVE, at=at):
        last = _last_before(caller.team_id, before)
        verdict, count, file_digest = _write_out(caller.team_id, last, path)
    with recorded(caller, Action.AUDIT_ARCHIVE, at=at) as entry:
        gone = cut(caller.team_id, seq=last, last_hash=verdict.head, file_digest=file_digest, at=at)
        if gone != count:
            raise Conflict("The audit changed while it was archived; nothing was deleted.")
        entry.detail = {"archived_to": last, "count": count, "digest": file_digest}
    return Archive(last, count, file_digest)


def _last_before(team_id: str | None, before: datetime) -> int:
    """The last event of the unbroken run of older ones; never the newest, on which the next one builds."""
    head, _ = head_of(team_id)
    last, oldest_kept = 0, before.astimezone(UTC).isoformat(timespec="microseconds")
    for row in rows_of(team_id, until=head - 1):
        if row.at >= oldest_kept:
            break
        last = row.seq
    if not last:
        raise Invalid("There is nothing to archive: no event of this chain is that old.")
    return last


def _write_out(team_id: str | None, last: int, path: Path) -> tuple[Verdict, int, str]:
    count, digest = 0, sha256()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        raise Conflict("The archive cannot be written: the file is there already, or its folder is not.") from None
    with open(descriptor, "wb") as file:

        def write(row: Row) -> None:
            nonlocal count
            line = canonical(told(row)).encode() + b"\n"
            file.write(line)
            digest.update(line)
            count += 1

        verdict = verify(team_id, SYSTEM, until=last, each=write)
        file.flush()
        os.fsync(file.fileno())
    if verdict.is_broken:
        path.unlink()
        raise Conflict(f"The chain is broken at event {verdict.broken_at}; nothing was archived.", code="chain_broken")
    if _digest_of(path) != digest.hexdigest():
        raise Conflict("The archive does not read back as it was written; nothing was deleted.")
    return verdict, count, digest.hexdigest()


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
