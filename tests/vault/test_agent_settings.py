"""What clients keep beside a credential: merged, taken away, and a proxy's session where there has to be one."""

import pytest

from credentials.vault import credentials as vault
from credentials.vault.agent_settings import merged

FRESH = "0123456789"
PINNED = {"proxy_location": "RESIDENTIAL_ISP", "proxy_session_id": "old"}


@pytest.mark.parametrize(
    ("stored", "given", "found"),
    [
        ({}, {"tested_url": "x", "user_context": None}, {"tested_url": "x"}),
        ({"tested_url": "x", "user_context": "y"}, {"user_context": None}, {"tested_url": "x"}),
        # Only the sticky location has a session, and it always has one.
        ({}, {"proxy_location": "US-CA", "proxy_session_id": "s"}, {"proxy_location": "US-CA"}),
        ({}, {"proxy_location": "RESIDENTIAL_ISP"}, {**PINNED, "proxy_session_id": FRESH}),
        ({}, {"proxy_location": "RESIDENTIAL_ISP", "proxy_session_id": None}, {**PINNED, "proxy_session_id": FRESH}),
        ({}, {"proxy_location": "RESIDENTIAL_ISP", "proxy_session_id": "s"}, {**PINNED, "proxy_session_id": "s"}),
        ({}, {"proxy_session_id": "s"}, {**PINNED, "proxy_session_id": "s"}),
        # What is stored stays until something else is said.
        (PINNED, {}, PINNED),
        (PINNED, {"proxy_location": "RESIDENTIAL_ISP"}, PINNED),
        (PINNED, {"proxy_location": {"country": "US"}}, {"proxy_location": {"country": "US"}}),
        (PINNED, {"proxy_location": None}, {}),
        (PINNED, {"proxy_session_id": None}, {}),
        (PINNED, {"rotate_proxy_session_id": True}, {**PINNED, "proxy_session_id": FRESH}),
        (PINNED, {"rotate_proxy_session_id": True, "proxy_location": "RESIDENTIAL_ISP"},
         {**PINNED, "proxy_session_id": FRESH}),
        (PINNED, {"rotate_proxy_session_id": True, "proxy_session_id": "s"}, {**PINNED, "proxy_session_id": "s"}),
        ({"proxy_location": "US-CA"}, {"rotate_proxy_session_id": True}, {**PINNED, "proxy_session_id": FRESH}),
    ],
)  # fmt: skip
def test_settings_are_merged(stored, given, found):
    assert merged(stored, given, fresh=FRESH) == found


def test_a_session_is_drawn_anew_each_time(blue, login):
    mia, drawn = blue.caller("manager"), set()
    for _ in range(3):
        changed = vault.edit_credential(mia, credential_id=login.id, agent_settings={"rotate_proxy_session_id": True})
        drawn.add(changed.agent_settings["proxy_session_id"])
    assert len(drawn) == 3
    assert all(len(session) == 10 for session in drawn)
    kept = vault.edit_credential(mia, credential_id=login.id, name="renamed")
    assert kept.agent_settings == changed.agent_settings
