"""Skyvern's client for vaults that are not its own, in its environment, driven by test_skyvern_vault.py: a call a line
on stdin, what came of it a line on stdout. Its logs go to stderr.
"""

import asyncio
import json
import sys

import structlog

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))

from skyvern.forge.sdk.api.custom_credential_client import CustomCredentialAPIClient
from skyvern.forge.sdk.core.security import generate_skyvern_webhook_signature
from skyvern.forge.sdk.schemas.credentials import (
    CredentialType,
    CreditCardCredential,
    PasswordCredential,
    SecretCredential,
)

SHAPES = {
    CredentialType.PASSWORD: PasswordCredential,
    CredentialType.CREDIT_CARD: CreditCardCredential,
    CredentialType.SECRET: SecretCredential,
}


def told(call: dict) -> dict:
    """{"client": [base, token], "method", "args"} -> {"answer"} or {"error", "text"}; or {"sign", "with"} -> a request
    as it asks a `totp_verification_url`.
    """
    if "sign" in call:
        signed = generate_skyvern_webhook_signature(call["sign"], call["with"])
        return {"answer": {"body": signed.signed_payload, "headers": signed.headers}}
    client, args = CustomCredentialAPIClient(*call["client"]), call["args"]
    if "credential" in args:
        args["credential"] = SHAPES[CredentialType(call["type"])](**args["credential"])
    try:
        found = asyncio.run(getattr(client, call["method"])(**args))
    except Exception as problem:
        return {"error": type(problem).__name__, "text": str(problem)}
    return {"answer": found.model_dump(mode="json") if hasattr(found, "model_dump") else found}


for line in sys.stdin:
    print(json.dumps(told(json.loads(line))), flush=True)
