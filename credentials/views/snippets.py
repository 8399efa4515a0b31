"""The "use it from" examples of a credential's page: the blocks of docs/clients.md that are marked `page`, filled in.

The documentation is the one source: what a person copies is what the tests run. A block marked `totp` is only for
credentials that have codes.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from django.conf import settings

from credentials.access import Scope

DOCUMENT = settings.BASE_DIR / "docs" / "clients.md"
_PART = re.compile(
    r"^## (?P<heading>[^\n]+)$|^```(?P<language>\w+) ?(?P<marks>[\w ]*)\n(?P<code>.*?)^```$", re.M | re.S
)


class Snippet(NamedTuple):
    """One example: where it is used, in which language, and its text."""

    client: str
    language: str
    marks: frozenset[str]
    code: str


@cache
def documented() -> tuple[Snippet, ...]:
    """Every block of the documentation under the heading it stands under."""
    found, heading = [], ""
    for part in _PART.finditer(DOCUMENT.read_text(encoding="utf-8")):
        heading = part["heading"] or heading
        if part["code"] is not None:
            found.append(Snippet(heading, part["language"], frozenset(part["marks"].split()), part["code"]))
    return tuple(found)


def for_page(credential_id: str, *, has_totp: bool) -> list[Snippet]:
    """The examples for one credential: its id and this server's address are filled in, the key is not."""
    wanted = [one for one in documented() if "page" in one.marks and (has_totp or "totp" not in one.marks)]
    return [one._replace(code=_filled(one.code, settings.BASE_URL, credential_id)) for one in wanted]


# What a new key can try at once, by its first scope that has a call.
_FIRST_CALLS = {
    Scope.CREDENTIALS_READ: "{url}/v1/credentials",
    Scope.CODES_READ: "{url}/v1/credentials/totp",
    Scope.TOTP_READ: "{url}/v1/credentials/ID-OF-A-CREDENTIAL/totp-code",
    Scope.VALUES_RELEASE: "{url}/release/v1/credentials/ID-OF-A-CREDENTIAL",
    Scope.CODES_WRITE: "{url}/v1/credentials/totp --json "
    """'{{"totp_identifier": "me@example.com", "content": "Your code is 482913"}}'""",
}


def for_key(key: str, scopes: Iterable[str]) -> str:
    """Two lines for a shell: the key, as all examples read it, and a call that it may make."""
    call = next((call for scope, call in _FIRST_CALLS.items() if scope in set(scopes)), "{url}/v1/docs")
    return f'export STRONGROOM_KEY={key}\ncurl -H "x-api-key: $STRONGROOM_KEY" {call.format(url=settings.BASE_URL)}'


def _filled(code: str, url: str, credential_id: str) -> str:
    """Variables as their texts, in each language's own way."""
    for name, text in (("STRONGROOM_URL", url), ("STRONGROOM_CREDENTIAL", credential_id)):
        for variable in (f'os.environ["{name}"]', f"process.env.{name}"):
            code = code.replace(f'{variable} + "', f'"{text}').replace(variable, f'"{text}"')
        code = code.replace(f"${{{name}}}", text).replace(f"${name}", text)
    return code
