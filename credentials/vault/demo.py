"""A plausible demonstration: made with the same verbs as everything else."""

import base64
import hashlib
from collections.abc import Iterable
from datetime import timedelta

from credentials.access import Actor, Caller, Door
from credentials.models import Role, User
from credentials.vault import claims, codes, favourites, folders, hooks, keys, teams
from credentials.vault.clock import now
from credentials.vault.credentials import add_credential, edit_credential

SITES = (
    ("Atlas Freight portal", "dispatch@northwind.example", "portal.atlasfreight.example", True),
    ("Bank, payments", "ops@northwind.example", "banking.firstmutual.example", True),
    ("Carrier rates", "rates@northwind.example", "rates.swiftcarrier.example", False),
    ("Cloud console, staging", "staging@northwind.example", "console.cloud.example", True),
    ("Customs declarations", "customs@northwind.example", "declare.customs.example", True),
    ("Domain registrar", "hostmaster@northwind.example", "registrar.example", True),
    ("example-work-login", "ops@example.com", "accounts.example.com", True),
    ("Help desk", "support@northwind.example", "desk.helpful.example", False),
    ("Insurance broker", "claims@northwind.example", "broker.safeharbour.example", True),
    ("Payroll", "people@northwind.example", "payroll.example", True),
    ("Supplier catalogue", "buying@northwind.example", "catalogue.supply.example", False),
    ("Warehouse scanner admin", "wh-admin@northwind.example", "scan.warehouse.example", True),
)
OTHER_SITES = (
    ("Ads account", "ads@contoso.example", "ads.example", True),
    ("Analytics", "data@contoso.example", "analytics.example", False),
    ("Newsletter", "news@contoso.example", "mailer.example", True),
    ("Press portal", "press@contoso.example", "press.example", False),
    ("Webshop admin", "shop@contoso.example", "shop.contoso.example", True),
)
FOLDERS = {
    "Carriers": ("Atlas Freight portal", "Carrier rates", "Customs declarations"),
    "Money": ("Bank, payments", "Insurance broker", "Payroll", "Supplier catalogue"),
    "Machines and sites": ("Cloud console, staging", "Domain registrar", "Warehouse scanner admin"),
}
EXPIRE = {"Carrier rates": 9, "Domain registrar": 200, "Supplier catalogue": -2}  # days from now
FAVOURITES = ("Bank, payments", "example-work-login")
# For whom, by what way, what; oldest first.
MESSAGES = (
    ("hostmaster@northwind.example", "email", "Your registrar invoice no. 20931 is ready."),
    ("rates@northwind.example", "email", "Swift Carrier: your sign-in code is 482913. It expires in 10 minutes."),
    ("+1 415 555 0123", "sms", "639 204 is your Help Desk verification code. Do not share it."),
    ("buying@northwind.example", "email",
     "Sign in to Supply with this link: https://catalogue.supply.example/login?token=b81kq0x7Zt3mN5"),
    ("rates@northwind.example", "email", "Swift Carrier: your sign-in code is 150742. It expires in 10 minutes."),
    ("+1 415 555 0123", "sms", "Order 5521: your delivery code is 7704, your account code 918273."),
)  # fmt: skip
DOCUMENTED_SEED = "JBSWY3DPEHPK3PXP"  # the example that both dialects' documentation uses


def fill(*, password: str, scopes: Iterable[str]) -> tuple[list[tuple[str, str]], str]:
    """Two teams, their people and credentials; the people as (role, e-mail) and an API key of the first team."""
    here = teams.operator()
    first, _ = teams.create_team(here, name="Northwind Ops", owner="olivia@northwind.example", password=password)
    second, _ = teams.create_team(here, name="Contoso Growth", owner="carl@contoso.example", password=password)
    people = [("Northwind Ops, owner", "olivia@northwind.example")]
    names = {Role.MANAGER: "marco", Role.OPERATOR: "oskar", Role.AUDITOR: "ada"}
    for role, name in names.items():
        email = f"{name}@northwind.example"
        teams.add_member(here.into(first.id), email=email, role=role, password=password)
        people.append((f"Northwind Ops, {role}", email))
    people.append(("Contoso Growth, owner", "carl@contoso.example"))
    User.objects.filter(email="olivia@northwind.example").update(is_staff=True, is_superuser=True)
    stored = _store(first.id, "olivia@northwind.example", SITES)
    _sort(_owner(first.id, "olivia@northwind.example"), stored)
    _let_expire(_owner(first.id, "olivia@northwind.example"), stored)
    _store(second.id, "carl@contoso.example", OTHER_SITES)
    _store_others(first.id)
    _receive(_owner(first.id, "olivia@northwind.example"))
    _, key = keys.create_api_key(here.into(first.id), name="demo agent", scopes=scopes)
    return people, key


def _owner(team_id: str, email: str) -> Caller:
    user = User.objects.get(email=email)
    return Caller(
        Door.WEB, Actor.PERSON, id=str(user.pk), label=email, team_id=team_id, role=Role.OWNER, authenticated_at=now()
    )


def _sort(owner: Caller, stored: dict[str, str]) -> None:
    """Into folders, and what Olivia uses most among her favourites."""
    for title, names in FOLDERS.items():
        folder = folders.add_folder(owner, title=title)
        for name in names:
            folders.move_credential(owner, credential_id=stored[name], folder_id=folder.id)
    for name in FAVOURITES:
        favourites.star_credential(owner, credential_id=stored[name], starred=True)


def _let_expire(owner: Caller, stored: dict[str, str]) -> None:
    for name, days in EXPIRE.items():
        edit_credential(owner, credential_id=stored[name], expires_on=(now() + timedelta(days=days)).date())


def _store(team_id: str, email: str, sites: Iterable[tuple[str, str, str, bool]]) -> dict[str, str]:
    """The ids by name."""
    stored = {}
    for name, username, domain, has_totp in sites:
        seed = DOCUMENTED_SEED if name == "example-work-login" else _made_up(name)
        added = add_credential(
            _owner(team_id, email),
            name=name,
            type="password",
            username=username,
            domain=domain,
            url=f"https://{domain}/login",
            values={"password": f"Demo-{_made_up(name)[:14].lower()}"},
            totp_secret=seed if has_totp else "",
            totp_identifier="" if has_totp else username,
        )
        stored[name] = added.id
    return stored


def _store_others(team_id: str) -> None:
    owner = _owner(team_id, "olivia@northwind.example")
    add_credential(
        owner, name="Fuel card", type="credit_card", card_brand="Visa",
        values={"card_number": "4111 1111 1111 1111", "card_cvv": "123", "card_exp_month": "11",
                "card_exp_year": "2029", "card_holder_name": "Northwind Ops"},
    )  # fmt: skip
    add_credential(owner, name="Alarm code, depot 2", type="secret", secret_label="Keypad at the gate",
                   values={"secret_value": "4711 #"})  # fmt: skip
    add_credential(owner, name="Wi-Fi, warehouse", type="secret", secret_label="SSID northwind-wh",
                   values={"secret_value": "forklift-lantern-7"})  # fmt: skip


def _receive(owner: Caller) -> None:
    """An inbox with a code in each state."""
    at = now()
    received = [
        codes.receive_code(owner, identifier=whom, source=way, content=message,
                           expired_at=at if number == 2 else at + timedelta(hours=1) if number == 4 else None).row.id
        for number, (whom, way, message) in enumerate(MESSAGES)
    ]  # fmt: skip
    claims.claim_this(owner, code_id=received[1])
    hooks.create_hook(owner, name="Office phone", kind="receive", identifier="+1 415 555 0123")
    hooks.create_hook(owner, name="Skyvern, carrier rates", kind="answer", identifier="rates@northwind.example")


def _made_up(name: str) -> str:
    """Looks random, is the same every time."""
    return base64.b32encode(hashlib.sha256(name.encode()).digest()).decode()[:32]
