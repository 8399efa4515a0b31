"""The Kernel dialect: the whole map of `/kernel`. Agents keep their calls and change the base URL.

Kernel's organization and project are both the team of the key. Its credentials are the vault's (the values: see
free_values.py), its API keys the team's, its audit logs the team's audit events.
"""

from django.http import HttpRequest, HttpResponse

from credentials.access import Caller
from credentials.api import kernel_credentials as credentials
from credentials.api import kernel_org as org
from credentials.api.kernel_wire import route
from credentials.errors import NotFound


def nothing_here(request: HttpRequest, who: Caller, **given: str) -> HttpResponse:
    """What Kernel has and a vault has not, and names with a slash: JSON, as the client expects."""
    raise NotFound


urls = [
    route("credentials", "kernel_credentials", GET=credentials.list_credentials, POST=credentials.create_credential),
    route(
        "credentials/<str:id_or_name>",
        "kernel_credential",
        GET=credentials.retrieve_credential,
        PATCH=credentials.update_credential,
        DELETE=credentials.delete_credential,
    ),
    route("credentials/<str:id_or_name>/totp-code", "kernel_totp_code", GET=credentials.totp_code),
    route("auth/context", "kernel_auth_context", GET=org.auth_context),
    route("audit-logs", "kernel_audit_logs", GET=org.list_audit_logs),
    route("org/api_keys", "kernel_api_keys", GET=org.list_api_keys, POST=org.create_api_key),
    route(
        "org/api_keys/<str:key_id>",
        "kernel_api_key",
        GET=org.retrieve_api_key,
        PATCH=org.update_api_key,
        DELETE=org.delete_api_key,
    ),
    route("org/api_keys/<str:key_id>/rotate", "kernel_rotate_api_key", POST=org.rotate_api_key),
    route("<path:elsewhere>", "kernel_nothing", ANY=nothing_here),
]
