"""docs/clients.md, run exactly as it stands against the real server; and the examples of a credential's page, which are
the same with the address and the id filled in."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from kernel import Kernel
from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

from credentials.views import snippets
from tests import loops
from tests.server import ROOT, running

pytestmark = [pytest.mark.server, pytest.mark.same_everywhere]

PASSWORD = "correct horse 9 battery"
SECRET = "planted-docs-password-8d1"
SEED = "JBSWY3DPEHPK3PXP"
BLOCKS = [block for block in snippets.documented() if block.language != "text"]
RUN = {
    "sh": ["sh", "-euc"],
    "python": [sys.executable, "-c"],
    "js": [str(Path(sys.executable).with_name("node")), "--input-type=module", "-e"],
}


# In an environment of its own: it wants other packages than ours.
SKYVERN = str(ROOT / "tests" / "clients" / "skyvern" / "venv" / "bin" / "python")
ALL = "credentials:read,credentials:write,totp:read,codes:write,codes:read"


def title(block: snippets.Snippet) -> str:
    return f"{block.client}, {block.language} {' '.join(sorted(block.marks))}".strip()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A server with one credential; the variables that the examples read; its page as Alice sees it."""
    with running(tmp_path_factory.mktemp("docs")) as server:
        key, release_key = server.manage_all(
            ["createteam", "Ops", "--owner", "alice@example.org", "--password-stdin"],
            ["createapikey", "--team", "ops", "--name", "docs", "--scopes", ALL],
            ["createapikey", "--team", "ops", "--name", "skyvern", "--scopes", "values:release"],
            stdin=PASSWORD,
        )[-2:]
        with Kernel(base_url=f"{server.url}/kernel", api_key=key) as kernel:
            credential = kernel.credentials.create(
                name="example-work-login", domain="accounts.example.com", totp_secret=SEED,
                values={"username": "ops@example.com", "password": SECRET},
            )  # fmt: skip
        variables = {
            "STRONGROOM_URL": server.url, "STRONGROOM_KEY": key, "STRONGROOM_CREDENTIAL": credential.id,
            "STRONGROOM_HOME": str(ROOT), "STRONGROOM_RELEASE_KEY": release_key,
        }  # fmt: skip
        yield SimpleNamespace(server=server, variables=variables, page=page_of(server, credential.id))


def page_of(server, credential_id: str) -> str:
    """The credential's page, after a real sign-in."""
    with httpx.Client(base_url=server.url, follow_redirects=True) as browser:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get("/accounts/login/").text)[1]
        form = {"login": "alice@example.org", "password": PASSWORD, "csrfmiddlewaretoken": token}
        assert browser.post("/accounts/login/", data=form, headers={"Referer": server.url}).status_code == 200
        answer = browser.get(f"/t/ops/credentials/{credential_id}/")
        assert answer.status_code == 200
        return answer.text


def run(block: snippets.Snippet, variables: dict[str, str]) -> str:
    """What a program prints, with nothing but the variables and a path in its environment."""
    program = [SKYVERN, "-c"] if "skyvern.client" in block.code else RUN[block.language]
    done = subprocess.run(
        [*program, block.code],
        cwd=ROOT / "tests" / "clients" / "js", env={"PATH": os.environ["PATH"], **variables},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert SEED not in done.stdout + done.stderr
    return done.stdout


def filled_in(text: str, variables: dict[str, str]) -> str:
    """A configuration as clients read it: `${NAME}` from the environment."""
    return re.sub(r"\$\{(\w+)\}", lambda found: variables[found[1]], text)


def with_variables(text: str, variables: dict[str, str]) -> dict:
    return json.loads(filled_in(text, variables))


PAGE_SAID = r"example-work-login|\b\d{6}\b"
SAID = {
    "Received codes": r'"code": "246810".*"claimed_at"',
    "Kernel SDK for Python": r"first code: \d{6}\ncred_\w{26} docs-python\nAnother credential of the team has",
    "Skyvern SDK": r"^cred_\w{26} docs-skyvern\ncred_\w{26} example-work-login\n$",
}


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language in RUN], ids=title)
def test_an_example_of_the_documentation_runs_as_it_stands(house, block):
    if block.language == "sh" and not shutil.which("curl"):
        pytest.skip("no curl here")
    assert re.search(SAID[block.client] if "page" not in block.marks else PAGE_SAID, run(block, house.variables))


async def ask(server, config: dict, call: dict) -> tuple[list[str], str]:
    """The tools that a configured client is offered, and the answer to one call."""
    async with create_mcp_http_client(headers=config.get("headers")) as http:
        if config["type"] == "http":
            transport = streamable_http_client(config["url"], http_client=http)
        else:
            words = {name: config[name] for name in ("command", "args")}
            transport = stdio_client(StdioServerParameters(**words, env={**server.env, **config["env"]}))
        async with Client(transport) as client:
            tools = [tool.name for tool in (await client.list_tools()).tools]
            result = await client.call_tool(call["name"], call["arguments"])
            return tools, result.content[0].text


CONFIGS = [block for block in BLOCKS if block.language == "json" and "call" not in block.marks]


@pytest.mark.parametrize("block", CONFIGS, ids=title)
def test_a_configuration_of_the_documentation_connects_and_every_call_works(house, block):
    (config,) = with_variables(block.code, house.variables)["mcpServers"].values()
    calls = [with_variables(call.code, house.variables) for call in BLOCKS if "call" in call.marks]
    assert [call["name"] for call in calls] == ["manage_credentials", "receive_code"]
    message = {"totp_identifier": "ops@example.com", "content": "Your verification code is 135791."}
    headers = {"x-api-key": house.variables["STRONGROOM_KEY"]}
    assert httpx.post(f"{house.server.url}/v1/credentials/totp", json=message, headers=headers).status_code == 200
    for call in calls:
        tools, text = loops.run(ask(house.server, config, call))
        assert call["name"] in tools
        assert re.fullmatch(r"\d{6}", json.loads(text)["code"])


def test_the_settings_of_a_skyvern_server_make_this_its_vault(house):
    (block,) = (block for block in BLOCKS if block.language == "dotenv")
    settings = dict(line.split("=", 1) for line in filled_in(block.code, house.variables).splitlines())
    assert settings["CREDENTIAL_VAULT_TYPE"] == "custom"
    # What that server does with them: test the connection, store, read, delete.
    base, token = settings["CUSTOM_CREDENTIAL_API_BASE_URL"], settings["CUSTOM_CREDENTIAL_API_TOKEN"]
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as skyvern:
        assert skyvern.get(base).is_success
        item = {
            "name": "kept",
            "type": "password",
            "username": "u",
            "password": SECRET,
            "totp": None,
            "totp_type": "none",
        }
        where = f"{base}/{skyvern.post(base, json=item).json()['id']}"
        assert skyvern.get(where).json()["password"] == SECRET
        assert skyvern.delete(where).is_success
        headers = {"Authorization": f"Bearer {house.variables['STRONGROOM_KEY']}"}
        assert SECRET not in skyvern.get(where, headers=headers).text


def test_every_block_is_run():
    assert {block.language for block in BLOCKS} == RUN.keys() | {"json", "dotenv"}
    clients = [block.client for block in BLOCKS if "page" in block.marks]
    assert set(clients) == {"curl", "Kernel SDK for Python", "Kernel SDK for JavaScript", "Skyvern SDK", "MCP client"}


def on_page(house) -> list[snippets.Snippet]:
    found = re.findall(r'<code data-language="(\w+)">(.*?)</code>', house.page, re.S)
    return [snippets.Snippet("", language, frozenset(), html.unescape(code)) for language, code in found]


def test_the_examples_of_a_page_are_those_of_the_documentation_and_run_with_nothing_but_a_key(house):
    shown, key = on_page(house), {"STRONGROOM_KEY": house.variables["STRONGROOM_KEY"]}
    assert [one.language for one in shown] == [block.language for block in BLOCKS if "page" in block.marks]
    assert key["STRONGROOM_KEY"] not in house.page
    for one in shown:
        assert "STRONGROOM_KEY" in one.code
        assert not re.search("STRONGROOM_(URL|CREDENTIAL)", one.code)
        if one.language in RUN:
            assert run(one, key)
        else:
            assert with_variables(one.code, key)["mcpServers"]["strongroom"]["url"] == f"{house.server.url}/mcp"
