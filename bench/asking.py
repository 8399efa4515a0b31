"""The requests of every hot path, as bytes, one after another; what a claim needs was received before."""

import json
import re
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlencode

from bench.filling import PASSWORD, PEOPLE, credential_id, email, words
from bench.load import Make, ask, request
from bench.run import Vault


@dataclass
class Asking:
    """Makes the requests of one vault. With `teams` 1 they all go to the first, the largest; with more, around."""

    vault: Vault
    number: "count[int]" = field(default_factory=count)
    received: deque[tuple[int, str]] = field(default_factory=deque)  # team and identifier, until claimed
    round: int = 0  # how often each team had its turn
    session: str = ""
    token: str = ""
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    def path(self, name: str, teams: int) -> Make:
        make: Callable[[int, int], bytes | None] = getattr(self, name)

        def one() -> bytes | None:
            number = next(self.number)
            self.round = number // teams
            return make(number, number % teams)

        return one

    # --- The floors. ---

    def constant(self, number: int, team: int) -> bytes:
        return self._get("/bench/constant", team)

    def select_and_insert(self, number: int, team: int) -> bytes:
        return self._get("/bench/select-and-insert", team)

    # --- Codes. ---

    def totp_code_kernel(self, number: int, team: int) -> bytes:
        return self._get(f"/kernel/credentials/{self._credential(team)}/totp-code", team)

    def totp_code_skyvern(self, number: int, team: int) -> bytes:
        return self._get(f"/v1/credentials/{self._credential(team)}/totp-code", team)

    def code_receive(self, number: int, team: int) -> bytes:
        identifier = f"{self.run}-{number}@example.com"
        self.received.append((team, identifier))
        message = f"Your verification code is {100_000 + number % 900_000}. It expires in 10 minutes."
        return self._post("/v1/credentials/totp", team, {"totp_identifier": identifier, "content": message})

    def code_list(self, number: int, team: int) -> bytes:
        team, identifier = self.received[0] if self.received else (team, "nobody@example.com")
        return self._get(f"/v1/credentials/totp?{urlencode({'totp_identifier': identifier})}", team)

    def code_claim(self, number: int, team: int) -> bytes | None:
        if not self.received:
            return None
        team, identifier = self.received.popleft()
        return self._post("/v1/credentials/totp/claim", team, {"totp_identifier": identifier})

    # --- Credentials. ---

    def credential_create(self, number: int, team: int) -> bytes:
        given = {
            "name": f"new {self.run} {number}", "domain": "new.example.org",
            "values": {"username": f"new{number}@example.com", "password": "correct horse"},
        }  # fmt: skip
        return self._post("/kernel/credentials", team, given)

    def credential_get(self, number: int, team: int) -> bytes:
        return self._get(f"/kernel/credentials/{self._credential(team)}", team)

    def credential_list(self, number: int, team: int) -> bytes:
        return self._get("/v1/credentials?page_size=25", team)

    def credential_search(self, number: int, team: int) -> bytes:
        return self._get(f"/v1/credentials?{urlencode({'page_size': 25, 'search': self._of_one(team)})}", team)

    def credential_search_word(self, number: int, team: int) -> bytes:
        word = WORDS[number % len(WORDS)]
        return self._get(f"/v1/credentials?{urlencode({'page_size': 25, 'search': word})}", team)

    # --- Pages. ---

    def reveal_page(self, number: int, team: int) -> bytes:
        where = f"/t/team-{team}/credentials/{self._credential(team)}/reveal/"
        return self._form(where, {"key": "password"}, self.session)

    def list_page(self, number: int, team: int) -> bytes:
        return self._page(f"/t/team-{team}/")

    def search_page(self, number: int, team: int) -> bytes:
        return self._page(f"/t/team-{team}/?{urlencode({'q': WORDS[number % len(WORDS)]})}")

    def search_page_one(self, number: int, team: int) -> bytes:
        """Draws as many rows at any size, where a word draws one of a thousand and fifty of a million."""
        return self._page(f"/t/team-{team}/?{urlencode({'q': self._of_one(team)})}")

    def _of_one(self, team: int) -> str:
        return f"ops{self._index(team)}@"

    def sign_in(self, number: int, team: int) -> bytes:
        who = email(number % PEOPLE)
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return self._form("/accounts/login/", {"login": who, "password": PASSWORD}, "", x_forwarded_for=address)

    def come_in(self) -> None:
        """Sign the owner in, for the pages: the cookies of a person who has just proved who they are."""
        page = ask(self.vault.url, request("GET", "/accounts/login/"))
        self.token = _cookie(page, "csrf")
        answer = ask(self.vault.url, self.sign_in(0, 0))
        self.session = _cookie(answer, "session")

    def _index(self, team: int) -> int:
        """One of a team's credentials, scattered: it was not asked for just before."""
        return self.vault.first_of(team) + self.round * 7919 % self.vault.sizes[team]

    def _credential(self, team: int) -> str:
        return credential_id(self._index(team))

    def _get(self, path: str, team: int) -> bytes:
        return request("GET", path, x_api_key=self.vault.keys[team])

    def _post(self, path: str, team: int, given: object) -> bytes:
        body = json.dumps(given).encode()
        return request("POST", path, body, x_api_key=self.vault.keys[team], content_type="application/json")

    def _page(self, path: str) -> bytes:
        return request("GET", path, accept="text/html", cookie=f"strongroom_session={self.session}")

    def _form(self, path: str, given: dict[str, str], session: str, **headers: str) -> bytes:
        cookie = f"strongroom_csrf={self.token}; strongroom_session={session}"
        body = urlencode({**given, "csrfmiddlewaretoken": self.token}).encode()
        kind = "application/x-www-form-urlencoded"
        return request("POST", path, body, accept="text/html", cookie=cookie, content_type=kind, **headers)


WORDS = words()
FLOORS = ("constant", "select_and_insert")
CODES = ("totp_code_kernel", "totp_code_skyvern", "code_receive", "code_list", "code_claim")
CREDENTIALS = ("credential_create", "credential_get", "credential_list", "credential_search")
PAGES = ("reveal_page", "list_page", "sign_in")
RIGHT = {"credential_create": 201, "sign_in": 302}


def _cookie(answer: bytes, name: str) -> str:
    found = re.search(rf"strongroom_{name}=([^;]+)".encode(), answer)
    if not found:
        raise RuntimeError(f"no {name} cookie in {answer[:200]!r}")
    return found[1].decode()
