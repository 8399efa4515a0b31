"""How likely each candidate of a message is its code: what stands around it, and how near. For `extract` alone."""

import re
from dataclasses import dataclass

from credentials.otp.candidates import Candidate, Shape
from credentials.otp.labels import ENTER, ENTERING, IS, LINKERS, YOUR, Kind, Label
from credentials.otp.message import Message
from credentials.otp.uses import VOUCHER, is_entered, is_used

ENOUGH = 4.0
MARGIN = 0.35  # less between the two best is a draw
LINKED = 4.0  # the distance with only "is" or a colon between
CLAUSE = 80  # characters that a label reaches within its sentence; twice that to what is stated
NEAR = 40  # characters in which to look for "is" or "enter"
SENTENCE = re.compile(r"(?<!\bno)(?<!\bnr)(?<!\brs)(?<!\bref)[.!?;…](?=\s|$)|[。！？；।؟\n]")
AUTHORISATION = re.compile(r"auth|autori[sz]")
CARD_NUMBER = re.compile(r"(?<!\w)\d(?:[ -]?\d){11,18}[^\d.!?]{1,24}$")
CLAUSES = re.compile(r"[.,:;!?\n\d]")
BARE = re.compile(r"[\s:：=\-–—>→»›'\"“”‘’«„「」『』【】\[\](){}<*_#|,،、.·•՝↓👉➡🔑🔐]*")
SHAPES = {Shape.ODD: -1.5, Shape.LETTERS: -1.0, Shape.LETTERED: 0.0, Shape.DIGITS: 0.0, Shape.USUAL: 1.0}
WEIGHTS = {Kind.SIGN_IN: 1.0, Kind.CODE: 2.0, Kind.ONE_TIME: 3.0, Kind.EXCLUDED: 0.0}


@dataclass(frozen=True)
class Scored:
    candidate: Candidate
    score: float
    reason: str


@dataclass(frozen=True)
class Bond:
    """Between a label and a candidate: how near, by which kind of label, the words between, the reason in words."""

    distance: float
    label: Label
    gap: str
    reason: str
    is_behind: bool = False

    @property
    def strength(self) -> float:
        return self.distance + WEIGHTS[self.label.kind]


def best(message: Message) -> Scored | str:
    """The one candidate ahead of all others, or why there is none."""
    ranked = _ranked(message)
    if not ranked or ranked[0].score < ENOUGH:
        return _only_number(message) or "nothing: no number stands by a word for a code"
    if len(ranked) > 1 and ranked[0].score - ranked[1].score < MARGIN:
        return "nothing: two candidates are equally likely"
    return ranked[0]


def _ranked(message: Message) -> list[Scored]:
    """The best first, each code once; what a reply quotes counts only if the reply itself has none."""
    found = [scored for at, candidate in enumerate(message.candidates) if (scored := _scored(message, at, candidate))]
    fresh = [scored for scored in found if not message.is_quoted(scored.candidate)]
    is_answered = any(scored.score >= ENOUGH for scored in fresh)
    by_code: dict[str, Scored] = {}
    for scored in sorted(fresh if is_answered else found, key=lambda scored: -scored.score):
        by_code.setdefault(scored.candidate.code, scored)
    return list(by_code.values())


def _only_number(message: Message) -> Scored | None:
    """One number on a line of its own, under no name, in a message that is secret or lasts minutes."""
    for candidate in message.candidates if message.has_one_number and not message.is_selling else []:
        if candidate.shape == Shape.USUAL and message.stands_alone(candidate) and message.is_secret(candidate):
            return Scored(candidate, ENOUGH, "the only number, in a message that is secret or soon expires")
    return None


def _scored(message: Message, at: int, candidate: Candidate) -> Scored | None:
    ahead, is_other = _before(message, at, candidate)
    behind = _after(message, at, candidate)
    used = is_used(message, candidate)
    named = behind and behind.label.kind == Kind.ONE_TIME and _is_said_of(behind.gap)
    if is_other and not named and not (used and is_entered(message, candidate)):
        return None
    bonds = [bond for bond in (ahead, behind) if bond and _is_close(message, candidate, bond)]
    allowed = [bond for bond in bonds if _is_ours(message, candidate, bond)]
    if used:
        allowed.append(_use(candidate))
    if not allowed:
        return None
    bond = max(allowed, key=lambda bond: bond.strength)
    opens = not message.text[max(0, candidate.start - 20) : candidate.start].strip() and candidate.start < 20
    aids = message.stands_alone(candidate) + max(is_entered(message, candidate), opens / 2)
    return Scored(candidate, bond.strength + SHAPES[candidate.shape] + aids + message.has_one_number / 2, bond.reason)


def _use(candidate: Candidate) -> Bond:
    """Its own sentence in the place of a label."""
    return Bond(3.0, Label(Kind.SIGN_IN, candidate.start, candidate.end), "", "by what it is used for")


def _is_close(message: Message, candidate: Candidate, bond: Bond) -> bool:
    """Whether the shape goes with the place: the less it looks like a code, the closer to its label it has to be."""
    by_sign_in, digits = bond.label.kind == Kind.SIGN_IN, candidate.code.isdigit()
    if candidate.shape == Shape.LETTERS and (by_sign_in or bond.distance < LINKED):
        return False
    if candidate.shape == Shape.ODD and bond.distance < 3 and not (digits and message.stands_alone(candidate)):
        return False
    if bond.is_behind and by_sign_in and "," in bond.gap:
        return False
    return digits or _is_close_with_letters(message, candidate, bond)


def _is_close_with_letters(message: Message, candidate: Candidate, bond: Bond) -> bool:
    """It is stated, entered or on a line of its own; a word and a number ("HALLO10") is a voucher's."""
    if bond.label.kind < Kind.ONE_TIME and VOUCHER.fullmatch(candidate.code):
        return False
    if bond.is_behind and bond.label.kind == Kind.SIGN_IN:
        return is_entered(message, candidate) and len(bond.gap) <= NEAR and not CLAUSES.search(bond.gap)
    if bond.is_behind:
        return _is_predicate(bond.gap)
    if bond.label.kind != Kind.SIGN_IN and (bond.distance >= LINKED or IS.search(bond.gap[-NEAR:])):
        return True
    return is_entered(message, candidate) or (bond.label.kind != Kind.SIGN_IN and message.stands_alone(candidate))


def _is_ours(message: Message, candidate: Candidate, bond: Bond) -> bool:
    """Whether it is a code for signing in or paying: by its name, by what is said around it, or of nothing else."""
    digits = candidate.code.isdigit()
    if _is_of_payment(message, candidate, bond.label):
        return False
    if bond.label.kind == Kind.ONE_TIME:
        return not message.is_delivering
    if message.is_sign_in(candidate) and (digits or not message.is_selling):
        return True
    if message.is_selling:
        return False
    paid = digits and bond.distance > 3 and message.is_paying(candidate)
    return paid or message.is_secret(candidate) or _is_all_there_is(message, candidate, bond)


def _is_of_payment(message: Message, candidate: Candidate, label: Label) -> bool:
    """The authorisation on a receipt, or the code on a card after the card's number."""
    if AUTHORISATION.match(message.low, label.start) and message.is_receipt and not message.is_secret(candidate):
        return True
    return bool(CARD_NUMBER.search(message.low, max(0, label.start - NEAR), label.start))


def _is_all_there_is(message: Message, candidate: Candidate, bond: Bond) -> bool:
    known = _is_predicate(bond.gap) if bond.is_behind else not _is_of_something(bond.gap)
    usual = len(candidate.code) >= 6 and candidate.code.isdigit() and is_entered(message, candidate)
    alone = message.stands_alone(candidate) or message.says_nothing_else
    return known and (usual or alone or _is_yours(message, bond.label))


def _is_said_of(gap: str) -> bool:
    """ "is your", and nothing more."""
    return bool(re.search(r"[^\W\d_]", gap)) and only_linkers(gap)


def _is_yours(message: Message, label: Label) -> bool:
    """ "Your Lyft code", not "the code"."""
    ahead = CLAUSES.split(message.low[max(0, label.start - NEAR) : label.start])[-1]
    behind = CLAUSES.split(message.low[label.end : label.end + NEAR // 2])[0]
    return bool(YOUR.search(f"{ahead}{message.low[label.start : label.end]}{behind}"))


def _is_predicate(gap: str) -> bool:
    """ "K7Q9 is your code", "K7Q9 (code)", but neither "SSH2 code" nor "section 3005 of the code"."""
    first = re.search(r"[^\W\d_]+", gap)
    return bool(first and (first[0] in LINKERS or ENTER.search(gap[: first.end()]))) or bool(re.search(r"[()\n]", gap))


def _is_of_something(gap: str) -> bool:
    """ "code for the bike shed 1234" is no sign-in's; "code for Lyft is 1234" may be, and "1234 is your Lyft code"."""
    return any(word not in LINKERS for word in re.findall(r"[^\W\d_]+", gap)) and not IS.search(gap[-NEAR:])


def _before(message: Message, at: int, candidate: Candidate) -> tuple[Bond | None, bool]:
    """The best of the labels ahead, and whether the nearest says that the number is something else."""
    found: Bond | None = None
    blocked = False
    previous = message.candidates[at - 1] if at else candidate
    is_alike = len(previous.code) == len(candidate.code)  # as codes in a list are
    for label in message.labels_before(candidate):
        gap = message.low[label.end : candidate.start]
        if label.kind == Kind.EXCLUDED:
            if not found and _is_named(gap):
                blocked = True
                if not _is_stated(gap):
                    return None, True
            continue
        if blocked and SENTENCE.search(gap.rstrip()):
            break
        is_listed = is_alike and only_linkers(re.sub(r"\d+", "", gap))
        shared = label.end < previous.end <= candidate.start and not is_listed
        bond = Bond(
            _distance(gap, message, candidate, label.kind) - shared, label, gap, f"after '{message.shown(label)}'"
        )
        if bond.distance > 0 and (not found or bond.strength > found.strength):
            found = bond
    return found, blocked and not found


def _is_named(gap: str) -> bool:
    """Whether an excluding label owns the number after it: no other number, no end of a sentence between."""
    if re.search(r"\d", gap) or len(gap) > 30:
        return False
    return len(gap) <= 4 or not SENTENCE.search(gap.strip())


def _is_stated(gap: str) -> bool:
    """ "your order is" or "your order:", where an earlier "code" may be what is stated; "order no. " is not."""
    return bool(gap.strip(" #.")) and not re.search(r"\b(?:no|nr|number|nummer|num|numero|n)\b|[#№°]", gap)


def _distance(gap: str, message: Message, candidate: Candidate, kind: Kind) -> float:
    """4 with only "is" or a colon between, then less; 0 is too far."""
    if only_linkers(re.sub(r"\d+", "", gap)):
        return LINKED
    stated = bool(IS.search(gap[-NEAR:]))
    if not SENTENCE.search(gap) and len(gap) <= CLAUSE * (1 + stated):
        return (2.0 if kind == Kind.SIGN_IN else 3.0) + stated / 2 - len(gap) / (CLAUSE * (1 + stated))
    if message.stands_alone(candidate):
        return 2.5 - len(gap) / 400
    return _across_sentences(gap, message, candidate)


def _across_sentences(gap: str, message: Message, candidate: Candidate) -> float:
    """Only where the candidate's own sentence asks to enter it, or says nothing before it."""
    clause = gap[[found.end() for found in SENTENCE.finditer(gap)][-1] :] if SENTENCE.search(gap) else gap
    if not (ENTER.search(clause[-NEAR:]) or IS.search(clause[-NEAR:]) or only_linkers(clause)):
        return 0.0
    asked = ENTERING.match(clause.strip()) and message.is_secret(candidate)
    return max(0.0, (1.5 if asked or message.is_sign_in(candidate) else 1.0) - len(gap) / 120)


def _after(message: Message, at: int, candidate: Candidate) -> Bond | None:
    """The best of the labels that follow: "123456 is your code"."""
    found: Bond | None = None
    ceiling = message.candidates[at + 1].start if at + 1 < len(message.candidates) else len(message.low)
    for label in message.labels_after(candidate):
        if label.kind == Kind.EXCLUDED:
            continue
        gap = message.low[candidate.end : label.start]
        distance = _distance_back(gap, message, candidate, label.kind) - (label.start > ceiling)
        bond = Bond(distance, label, gap, f"before '{message.shown(label)}'", is_behind=True)
        if distance > 0 and (not found or bond.strength > found.strength):
            found = bond
    return found


def _distance_back(gap: str, message: Message, candidate: Candidate, kind: Kind) -> float:
    if SENTENCE.search(gap):
        return 1.5 if message.stands_alone(candidate) else 0.5
    named = kind > Kind.SIGN_IN
    return 2.0 + named - len(gap) / 80 + (named and only_linkers(gap) and "," not in gap) / 2


def only_linkers(gap: str) -> bool:
    if len(gap) > 40 or re.search(r"[.!?]\s", gap):
        return False
    return all(word in LINKERS for word in re.findall(r"[^\W\d_]+", gap)) and bool(
        BARE.fullmatch(re.sub(r"[^\W\d_]", "", gap))
    )
