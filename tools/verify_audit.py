#!/usr/bin/env python3
"""Verify exported or archived audit events with nothing but Python: no Strongroom, no database, no network.

    AUDIT_KEY=... python3 verify_audit.py [--checkpoints FILE] EXPORT.jsonl [MORE.jsonl ...]

Name archives first, then what follows them. Each event's hash is HMAC-SHA256 under AUDIT_KEY over the canonical JSON
of its other fields (sorted keys, no spaces, ASCII), of which one is the hash of the event before it. One line is
printed per chain. The exit code is 0 when all of them hold, 1 when one is broken, 2 when something cannot be read.
"""

import argparse
import hashlib
import hmac
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

GENESIS = "0" * 64


@dataclass
class Chain:
    """How far one chain was walked. `why` is set at the first event that does not fit."""

    first: int = 0
    last: int = 0
    hash: str = GENESIS
    why: str = ""
    seen: dict[int, str] = field(default_factory=dict)


def canonical(fields: object) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def mac(key: bytes, message: bytes) -> str:
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def misfit(chain: Chain, event: dict, key: bytes) -> str:
    if event["seq"] != chain.last + 1:
        return f"event {chain.last + 1} is missing before event {event['seq']}"
    if event["previous_hash"] != chain.hash:
        return f"event {event['seq']} does not follow the event before it"
    given = {name: value for name, value in event.items() if name != "hash"}
    if not hmac.compare_digest(mac(key, canonical(given)), event["hash"]):
        return f"event {event['seq']} was changed, or the key is another"
    return ""


def walk(lines: Iterator[str], key: bytes, wanted: set[tuple[str, int]]) -> dict[str, Chain]:
    chains: dict[str, Chain] = {}
    for line in lines:
        event = json.loads(line)
        name = event["team_id"] or "system"
        if name not in chains:  # an export may begin after what was archived
            begins = event["seq"] - 1
            chains[name] = Chain(event["seq"], begins, event["previous_hash"] if begins else GENESIS)
        chain = chains[name]
        if chain.why:
            continue
        chain.why = misfit(chain, event, key)
        if not chain.why:
            chain.last, chain.hash = event["seq"], event["hash"]
            if (name, chain.last) in wanted:
                chain.seen[chain.last] = chain.hash
    return chains


def heads_of(path: str, key: bytes) -> dict[str, tuple[int, str, str]]:
    """The newest head of each chain in a file of checkpoints: (seq, hash, when)."""
    heads: dict[str, tuple[int, str, str]] = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            fields = json.loads(line)
            given = fields.pop("mac")
            if not hmac.compare_digest(mac(key, b"checkpoint\n" + canonical(fields)), given):
                raise ValueError(f"{path}: line {number} was not signed with this key")
            for name, (seq, head) in fields["heads"].items():
                if name not in heads or seq >= heads[name][0]:
                    heads[name] = (seq, head, fields["at"])
    return heads


def compare(chains: dict[str, Chain], heads: dict[str, tuple[int, str, str]]) -> None:
    for name, (seq, head, when) in heads.items():
        chain = chains.setdefault(name, Chain())
        if chain.why or seq < chain.first or not seq:
            continue
        if seq > chain.last:
            chain.why = f"events {chain.last + 1} to {seq} are missing: the checkpoint of {when} saw them"
        elif chain.seen.get(seq) != head:
            chain.why = f"event {seq} is another than the checkpoint of {when} saw"


def lines_of(paths: list[str]) -> Iterator[str]:
    for path in paths:
        with open(path, encoding="utf-8") as file:
            yield from file


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify exported audit events. The key is read from AUDIT_KEY.")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--checkpoints", metavar="FILE")
    options = parser.parse_args()
    key = os.environ.get("AUDIT_KEY", "").encode()
    if not key:
        sys.stderr.write("Put the key into the environment variable AUDIT_KEY.\n")
        return 2
    try:
        heads = heads_of(options.checkpoints, key) if options.checkpoints else {}
        chains = walk(lines_of(options.files), key, {(name, seq) for name, (seq, _, _) in heads.items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        sys.stderr.write(f"This cannot be read as an export of Strongroom: {type(problem).__name__}: {problem}\n")
        return 2
    compare(chains, heads)
    for name, chain in sorted(chains.items()):
        said = f"BROKEN: {chain.why}; holds up to" if chain.why else f"holds from event {chain.first} to"
        sys.stdout.write(f"{name}: {said} event {chain.last}\n")
    return 1 if any(chain.why for chain in chains.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
