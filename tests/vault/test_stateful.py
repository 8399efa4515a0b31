"""Random verbs by random members of two teams against a plain model in memory: the same results, refusals included;
nothing crosses teams, and what one verb changes leaves everything else as it was.

SECURITY 1, 14, 15, 24.
"""

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from credentials.chain import verify
from credentials.errors import Conflict, NotAllowed, NotFound, StepUpRequired, VaultError
from credentials.models import AuditEvent, Credential, Membership, SecretVersion
from credentials.otp import totp
from credentials.vault import contents, listing, seals, secrets, trash
from credentials.vault import credentials as vault
from tests.conftest import SEED, House, build

VERSIONS_KEPT = 3
ROLES = ["auditor", "operator", "manager", "owner"]
# Written by hand: who may, and for what one proves again who one is.
MAY = {
    "see": ROLES, "list": ROLES,
    "code": ROLES[1:], "reveal": ROLES[1:],
    "add": ROLES[2:], "edit": ROLES[2:], "trash": ROLES[2:], "restore": ROLES[2:],
    "versions": ROLES[2:], "reveal_version": ROLES[2:], "restore_version": ROLES[2:],
    "purge": ROLES[3:],
}  # fmt: skip
STEP_UP = {"reveal", "purge", "reveal_version", "restore_version"}
LEAVES_NO_EVENT = {"see", "list", "versions"}
NAMES = st.sampled_from(["login", "LOGIN", "card", "Straße", "STRASSE", "other"])
KEYS = st.sampled_from(["password", "note"])
EDITS = st.one_of(
    st.fixed_dictionaries({"name": NAMES}),
    st.fixed_dictionaries({"username": st.sampled_from(["", "ops@example.com"])}),
    st.fixed_dictionaries({"url": st.sampled_from(["", "https://a.example/in"])}),
    st.fixed_dictionaries({"domain": st.sampled_from(["", "a.example", "b.example"])}),
    st.fixed_dictionaries({"secret_label": st.sampled_from(["", "for the robots"])}),
    st.fixed_dictionaries({"values": st.dictionaries(KEYS, st.sampled_from(["one", "two"]), max_size=2)}),
    st.fixed_dictionaries({"remove_value_keys": st.lists(KEYS, max_size=1)}),
    st.fixed_dictionaries({"totp_secret": st.sampled_from(["", SEED, "GEZDGNBVGY3TQOJQ"])}),
)
PLAIN = ("name", "username", "url", "domain", "secret_label")


@dataclass
class Item:
    """What one credential should be."""

    plain: dict[str, str]
    secrets: dict[int, tuple[dict[str, str], str]]  # number: values, seed
    number: int = 1
    trashed: bool = False

    def current(self) -> tuple[dict[str, str], str]:
        return self.secrets[self.number]

    def push(self, values: dict[str, str], seed: str) -> None:
        self.number += 1
        self.secrets[self.number] = (values, seed)
        self.secrets.pop(self.number - VERSIONS_KEPT, None)


@dataclass
class Team:
    house: House
    items: dict[str, Item] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    events: int = 0

    def taken(self, name: str, but: str = "") -> bool:
        others = [item for id, item in self.items.items() if id != but and not item.trashed]
        return any(item.plain["name"].casefold() == name.casefold() for item in others)


class Vault(RuleBasedStateMachine):
    # Who asks: team, role, fresh or not. Mostly people who may, or little would ever happen.
    people = st.tuples(
        st.sampled_from([0, 1]),
        st.sampled_from([*ROLES, "manager", "owner", "owner", "owner"]),
        st.sampled_from([True, True, True, True, False]),
    )
    # About what: the other team's or one's own, and which one there.
    things = st.tuples(st.sampled_from([False, False, False, False, True]), st.integers(0, 2))
    count = 0

    @initialize()
    def found_two_teams(self) -> None:
        type(self).count += 1
        self.teams = [self.found(f"{colour}{self.count}") for colour in ("blue", "red")]
        for number in (0, 1):
            self.add((number, "owner", True), "login", {})

    def found(self, name: str) -> Team:
        house = build(name, {role: f"{role}@{name}.example" for role in ROLES})
        house.team.versions_kept = VERSIONS_KEPT
        house.team.save()
        return Team(house)

    # What a verb should answer

    def expect(self, verb: str, who: tuple[int, str, bool], problem: type[VaultError] | None, run) -> object:
        """Run a verb as somebody; it must be refused exactly as the tables and `problem` say. Its result, or None."""
        team, role, fresh = who
        home = self.teams[team]
        caller = home.house.caller(role)
        if not fresh:
            caller = replace(caller, authenticated_at=datetime.now(UTC) - timedelta(hours=1))
            problem = StepUpRequired if verb in STEP_UP else problem
        if role not in MAY[verb]:
            problem = NotAllowed
        home.events += problem is not None or verb not in LEAVES_NO_EVENT
        if problem is None:
            return run(caller)
        with pytest.raises(VaultError) as refusal:
            run(caller)
        assert type(refusal.value) is problem, (verb, who)
        return None

    def meant(self, who: tuple[int, str, bool], thing: tuple[bool, int]) -> str:
        """The id of some credential that is or was there."""
        abroad, which = thing
        team = self.teams[1 - who[0] if abroad else who[0]]
        ids = [*team.items, *team.gone]
        return ids[which % len(ids)]

    def found_by(self, who: tuple[int, str, bool], id: str, *, trashed: bool | None) -> Item | None:
        """The item, if a member of this team finds it where the verb looks."""
        item = self.teams[who[0]].items.get(id)
        return item if item and trashed in {None, item.trashed} else None

    # The verbs

    @rule(who=people, name=NAMES, edit=EDITS)
    def add(self, who, name, edit):
        home = self.teams[who[0]]
        given = {"domain": "a.example", "values": {"password": "first", "note": "kept"}, "totp_secret": SEED, **edit}
        given = {"name": name, "type": "password", **given}
        problem = Conflict if home.taken(given["name"]) else None
        made = self.expect("add", who, problem, lambda caller: vault.add_credential(caller, **given))
        if made is None:
            return
        plain = {key: given.get(key, "") for key in PLAIN}
        plain["domain"] = plain["domain"] or ("a.example" if plain["url"] else "")
        home.items[made.id] = Item(plain, {1: (given["values"], given["totp_secret"])})

    @rule(who=people, thing=things, edit=EDITS)
    def edit(self, who, thing, edit):
        id = self.meant(who, thing)
        item = self.found_by(who, id, trashed=False)
        renamed = item and edit.get("name", item.plain["name"]) != item.plain["name"]
        taken = renamed and self.teams[who[0]].taken(edit["name"], but=id)
        problem = NotFound if item is None else Conflict if taken else None
        done = self.expect("edit", who, problem, lambda caller: vault.edit_credential(
            caller, credential_id=id, **edit))  # fmt: skip
        if done is None:
            return
        item.plain |= {key: edit[key] for key in PLAIN if key in edit}
        values, seed = deepcopy(item.current())
        values = {key: value for key, value in values.items() if key not in edit.get("remove_value_keys", [])}
        values |= edit.get("values", {})
        changed = (values, edit.get("totp_secret", seed))
        if changed != item.current():
            item.push(*changed)

    @rule(who=people, thing=things)
    def trash(self, who, thing):
        id = self.meant(who, thing)
        item = self.found_by(who, id, trashed=False)
        problem = None if item else NotFound
        if self.expect("trash", who, problem, lambda caller: trash.trash_credential(caller, credential_id=id)):
            item.trashed = True

    @rule(who=people, thing=things)
    def restore(self, who, thing):
        id = self.meant(who, thing)
        item = self.found_by(who, id, trashed=True)
        taken = item and self.teams[who[0]].taken(item.plain["name"], but=id)
        problem = NotFound if item is None else Conflict if taken else None
        if self.expect("restore", who, problem, lambda caller: trash.restore_credential(
                caller, credential_id=id)):  # fmt: skip
            item.trashed = False

    @rule(who=people, thing=things)
    def purge(self, who, thing):
        id = self.meant(who, thing)
        item = self.found_by(who, id, trashed=True)

        def purge(caller):
            trash.purge_credential(caller, credential_id=id)
            return True

        if self.expect("purge", who, None if item else NotFound, purge):
            self.teams[who[0]].gone.append(id)
            del self.teams[who[0]].items[id]

    @rule(who=people, thing=things, key=KEYS)
    def reveal(self, who, thing, key):
        id = self.meant(who, thing)
        item = self.found_by(who, id, trashed=False)
        wanted = item.current()[0].get(key) if item else None
        problem = None if wanted else NotFound
        assert self.expect("reveal", who, problem, lambda caller: secrets.reveal(
            caller, credential_id=id, key=key)) in {wanted, None}  # fmt: skip

    @rule(who=people, thing=things)
    def code(self, who, thing):
        id = self.meant(who, thing)
        item = self.found_by(who, id, trashed=False)
        seed = item.current()[1] if item else ""
        problem = NotFound if item is None else None if seed else secrets.Invalid
        before = datetime.now(UTC).timestamp()
        found = self.expect("code", who, problem, lambda caller: secrets.show_code(caller, credential_id=id))
        if found:
            moments = (before, datetime.now(UTC).timestamp())
            assert found.code in {totp.code_at(totp.parse(seed), moment).code for moment in moments}

    @rule(who=people, thing=things, number=st.integers(1, 4), key=KEYS)
    def reveal_version(self, who, thing, number, key):
        id = self.meant(who, thing)
        item = self.found_by(who, id, trashed=False)
        wanted = item.secrets.get(number, ({}, ""))[0].get(key) if item else None
        problem = None if wanted else NotFound
        assert self.expect("reveal_version", who, problem, lambda caller: secrets.reveal_version(
            caller, credential_id=id, number=number, key=key)) in {wanted, None}  # fmt: skip

    @rule(who=people, thing=things, number=st.integers(1, 4))
    def restore_version(self, who, thing, number):
        id = self.meant(who, thing)
        item = self.found_by(who, id, trashed=False)
        problem = None if item and number in item.secrets else NotFound
        if self.expect("restore_version", who, problem, lambda caller: secrets.restore_version(
                caller, credential_id=id, number=number)):  # fmt: skip
            item.push(*deepcopy(item.secrets[number]))

    @rule(who=people, thing=things)
    def look(self, who, thing):
        id = self.meant(who, thing)
        item = self.found_by(who, id, trashed=None)
        problem = None if item else NotFound
        seen = self.expect("see", who, problem, lambda caller: vault.see_credential(caller, credential_id=id))
        assert seen is None or seen.name == item.plain["name"]
        versions = self.expect("versions", who, None, lambda caller: vault.see_versions(
            caller, credential_id=id))  # fmt: skip
        numbers = [row["number"] for row in versions or []]
        assert numbers == (sorted(item.secrets, reverse=True) if item and versions else [])

    @rule(who=people, in_trash=st.booleans(), query=st.sampled_from(["", "log", "STRASS", "b.example"]))
    def list(self, who, in_trash, query):
        rows = self.expect("list", who, None, lambda caller: listing.list_credentials(
            caller, in_trash=in_trash, query=query)).rows  # fmt: skip
        wanted = {
            id for id, item in self.teams[who[0]].items.items()
            if item.trashed is in_trash and query.casefold() in "\n".join(item.plain.values()).casefold()
        }  # fmt: skip
        assert {row["id"] for row in rows} == wanted

    # What holds after every verb

    @invariant()
    def the_vault_is_what_the_model_says(self):
        for team in getattr(self, "teams", []):
            rows = {row.id: row for row in Credential.objects.of(team.house.team.id)}
            assert rows.keys() == team.items.keys()
            for id, item in team.items.items():
                self.is_as_the_model_says(rows[id], item)

    def is_as_the_model_says(self, row: Credential, item: Item) -> None:
        assert {key: getattr(row, key) for key in PLAIN} == item.plain
        assert (row.current_number, bool(row.deleted_at)) == (item.number, item.trashed)
        values, seed = item.current()
        assert (row.value_keys, row.has_totp, row.type) == (sorted(values), bool(seed), "password")
        opened = {}
        for version in SecretVersion.objects.select_related("credential").filter(credential=row):
            found = contents.open_version(version)
            opened[version.number] = (found.values, found.totp.secret if found.totp else "")
        assert opened == item.secrets

    @invariant()
    def every_verb_left_its_event(self):
        for team in getattr(self, "teams", []):
            assert AuditEvent.objects.filter(team=team.house.team).count() == team.events
            assert Membership.objects.filter(team=team.house.team).count() == len(ROLES)

    def teardown(self):
        for team in getattr(self, "teams", []):
            verdict = verify(team.house.team.id, "")
            assert (verdict.is_broken, verdict.checked) == (False, team.events)


@pytest.mark.django_db
def test_random_verbs_of_two_teams_do_what_a_plain_model_does():
    seals.open_canary()
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(Vault, settings=settings(
        max_examples=12, stateful_step_count=25, deadline=None, derandomize=True, suppress_health_check=checks,
        database=None, phases=[Phase.generate],  # shrinking takes minutes: add Phase.shrink while looking for a cause
    ))  # fmt: skip
