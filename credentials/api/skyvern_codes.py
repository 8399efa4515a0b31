"""Received codes of the Skyvern dialect: handing them in, listing them, and, which is our own, waiting and claiming.

A list and a claim that find nothing wait for as long as they were asked to (credentials/waiting.py).
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from django.http import HttpResponse, JsonResponse
from ninja import Query, Router

from credentials.api import skyvern_code_shapes as shapes
from credentials.api.skyvern_shapes import answers
from credentials.api.skyvern_wire import Asked, Refusal, or_else
from credentials.errors import Invalid
from credentials.vault import claims, codes
from credentials.waiting import held

router = Router(tags=["Received codes"])
legacy = Router(tags=["Received codes"])
SENT = answers(shapes.TotpCodeSent, writes=True)
UNREADABLE = "Failed to parse otp login"


@router.post("credentials/totp", response=SENT, summary="Hand in a message with a code")
@legacy.post("totp", response=SENT, summary="Hand in a message with a code")
def send_totp_code(request: Asked, data: shapes.TotpCodeIn) -> HttpResponse:
    """The code or link in it is found by rules; the message is kept as it is."""
    try:
        found = codes.receive_code(
            request.auth, identifier=data.totp_identifier, content=data.content, source=data.source,
            task_id=data.task_id, workflow_id=data.workflow_id, workflow_run_id=data.workflow_run_id,
            expired_at=data.expired_at,
        )  # fmt: skip
    except Invalid as problem:
        if problem.code == "nothing_found":
            raise Refusal(UNREADABLE) from None
        raise
    return JsonResponse(_shown(found) | ({"status": "raw_pending"} if found.is_raw else {}))


@router.get("credentials/totp", response=answers(list[shapes.TotpCodeOut]), summary="List received codes, newest first")
def get_totp_codes(request: Asked, wanted: Annotated[shapes.TotpCodesWanted, Query()]) -> HttpResponse:
    """Nothing is used up by looking. With `wait` an empty list waits for the first code."""
    found = codes.list_codes(
        request.auth, identifier=wanted.totp_identifier, workflow_run_id=wanted.workflow_run_id,
        otp_type=wanted.otp_type or "", limit=wanted.limit, received_after=wanted.received_after,
    )  # fmt: skip
    answer = JsonResponse([_shown(one) for one in found], safe=False)
    if found or not wanted.wait:
        return answer
    topics = codes.awaited(request.auth, identifier=wanted.totp_identifier)
    return held(request, answer, seconds=wanted.wait, team_id=request.auth.team_id, topics=topics)


@router.post(
    "credentials/totp/claim",
    response={**answers(shapes.TotpCodeClaimed, unknown=True, writes=True), 204: None},
    summary="Claim a received code, once and for good",
)
def claim_totp_code(request: Asked, data: shapes.TotpCodeClaim) -> HttpResponse:
    """The newest that suits; nobody else gets it after. 204 when none came, after `wait` seconds at the latest."""
    whose = {"identifier": data.totp_identifier or "", "credential_id": data.credential_id or ""}
    with or_else("Credential not found"):
        found = claims.claim_code(
            request.auth, **whose, task_id=data.task_id, workflow_id=data.workflow_id,
            workflow_run_id=data.workflow_run_id, otp_type=data.otp_type, received_after=data.received_after,
        )  # fmt: skip
    if found:
        return JsonResponse(_shown(found) | _claim(found.row))
    topics = claims.awaited(request.auth, **whose)
    return held(request, HttpResponse(status=204), seconds=data.wait, team_id=request.auth.team_id, topics=topics)


def _shown(found: codes.OpenCode) -> dict[str, Any]:
    """In the order and with the nulls of the other side; `code` is a text even when there is none."""
    row = found.row
    return {
        "totp_identifier": row.identifier,
        "task_id": row.task_id or None,
        "workflow_id": row.workflow_id or None,
        "workflow_run_id": row.workflow_run_id or None,
        "source": row.source or None,
        "content": found.content,
        "expired_at": _naive(row.expired_at),
        "type": None,
        "totp_code_id": row.id,
        "code": found.code,
        "organization_id": row.team_id,
        "created_at": _naive(row.received_at),
        "modified_at": _naive(row.claimed_at or row.received_at),
        "otp_type": row.otp_type or None,
    }


def _claim(row: Any) -> dict[str, Any]:
    return {"claimed_at": _naive(row.claimed_at), "confidence": row.confidence, "reason": row.reason}


def _naive(at: datetime | None) -> str | None:
    """UTC without saying so: with a zone the clients would hand out other datetimes."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() if at else None
