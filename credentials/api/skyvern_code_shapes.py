"""The shapes of the Skyvern dialect's received codes; see skyvern_shapes.py. Claims are our own."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from credentials.api.skyvern_shapes import Body
from credentials.vault import codes, text
from credentials.waiting import LONGEST


def _utc(at: datetime) -> datetime:
    """Aware, in UTC; a time without a zone is in UTC already."""
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("the time is out of range") from None


def _message(content: Any) -> Any:
    return text.message(content) if isinstance(content, str) else content


Moment = Annotated[datetime, AfterValidator(_utc)]
RunId = Annotated[str | None, Field(max_length=200)]


class OtpType(StrEnum):
    TOTP = "totp"
    MAGIC_LINK = "magic_link"


class TotpCodeIn(Body):
    totp_identifier: str = Field(max_length=500, description="The e-mail address, number or name that it was sent to.")
    content: Annotated[str, BeforeValidator(_message)] = Field(description="The whole message, or just the code.")
    task_id: RunId = None
    workflow_id: RunId = None
    workflow_run_id: RunId = None
    source: str | None = Field(None, max_length=100, description="email, sms, phone, app or another word.")
    expired_at: Moment | None = None
    type: OtpType | None = Field(None, description="Not heeded: the message says it.")


class TotpCodesWanted(BaseModel):
    totp_identifier: str = ""
    workflow_run_id: str = ""
    otp_type: OtpType | None = None
    limit: int = Field(50, ge=1, le=codes.MOST_LISTED)
    received_after: Moment | None = None
    wait: int = Field(0, ge=0, le=LONGEST, description="Seconds to wait while there is nothing to list.")


class TotpCodeClaim(Body):
    totp_identifier: str | None = Field(None, description="Either this or a credential_id.")
    credential_id: str | None = Field(None, description="A credential whose totp_identifier is meant.")
    task_id: RunId = Field(None, description="Who asks: what was sent for another task or run is not handed out.")
    workflow_id: RunId = None
    workflow_run_id: RunId = None
    otp_type: OtpType | None = None
    received_after: Moment | None = Field(None, description="Without it: received within the last minutes.")
    wait: int = Field(0, ge=0, le=LONGEST, description="Seconds to wait while there is no such code.")


class TotpCodeOut(BaseModel):
    totp_identifier: str
    task_id: str | None
    workflow_id: str | None
    workflow_run_id: str | None
    source: str | None
    content: str
    expired_at: str | None
    type: OtpType | None
    totp_code_id: str
    code: str = Field(description="Empty when nothing was found in the message.")
    organization_id: str
    created_at: str
    modified_at: str
    otp_type: OtpType | None


class TotpCodeSent(TotpCodeOut):
    status: str = Field("", description="raw_pending when nothing was found in the message; otherwise left out.")


class TotpCodeClaimed(TotpCodeOut):
    claimed_at: str
    confidence: float = Field(description="How certain the code is, from 0 to 1.")
    reason: str = Field(description="Why it is the code, in words.")
