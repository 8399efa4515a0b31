"""The Skyvern dialect: the whole map of `/v1` and of its older twin `/api/v1`. Clients change the base URL only.

Skyvern's organization is the team of the key.
"""

from credentials.api import skyvern_codes as codes
from credentials.api import skyvern_credentials as credentials
from credentials.api import skyvern_folders as folders
from credentials.api.skyvern_wire import Dialect

v1 = Dialect("skyvern")
legacy = Dialect("skyvern_legacy")
# Django takes the first pattern that fits: `credentials/totp` (the received codes) stands before `credentials/{id}`.
v1.add_router("", codes.router)
v1.add_router("", credentials.router)
v1.add_router("", folders.router)
legacy.add_router("", codes.legacy)
legacy.add_router("", credentials.legacy)
legacy.add_router("", folders.router)

urls = v1.addresses()
legacy_urls = legacy.addresses()
