"""The shapes of the Skyvern dialect: what bodies and queries must be, and what answers look like.

Names of classes, fields and validators stand in the `loc` of errors, as Skyvern's do, so they are part of the wire.
Answers are built as plain dicts; their classes are the documentation, and tests hold one against the other.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from credentials.api.skyvern_proxy import ProxyLocation, ProxySession

LONGEST_ADDRESS = 10_000


class CredentialType(StrEnum):
    PASSWORD = "password"  # noqa: S105  # a kind, not a password
    CREDIT_CARD = "credit_card"
    SECRET = "secret"  # noqa: S105  # likewise


class TotpType(StrEnum):
    AUTHENTICATOR = "authenticator"
    EMAIL = "email"
    TEXT = "text"
    PASSKEY = "passkey"
    NONE = "none"


class VaultType(StrEnum):
    SKYVERN = "skyvern"
    BITWARDEN = "bitwarden"
    AZURE_VAULT = "azure_vault"
    GCP = "gcp"
    CUSTOM = "custom"


class Body(BaseModel):
    """What was sent: unknown fields are passed over."""

    model_config = ConfigDict(from_attributes=True)  # only so that what is no object is refused in FastAPI's words

    def sent(self, *names: str) -> dict[str, Any]:
        """Those fields that were sent, null included."""
        return {name: getattr(self, name) for name in names if name in self.model_fields_set}


Address = Annotated[str, Field(max_length=LONGEST_ADDRESS)] | None


class NonEmptyPasswordCredential(Body):
    username: str = Field(min_length=1)
    password: str = ""
    totp: str | None = Field(None, description="A base32 key or an otpauth:// address.")
    totp_type: TotpType = TotpType.NONE
    totp_identifier: str | None = Field(None, description="Where codes arrive: an e-mail address or a phone number.")
    metadata: dict[str, str] | None = None

    @model_validator(mode="after")
    def normalize_empty_optional_fields(self) -> Self:
        if self.metadata == {}:
            self.metadata = None
        return self


class BillingAddress(Body):
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    state_code: str | None = None
    postal_code: str | None = None
    country: str | None = None
    country_code: str | None = None


class NonEmptyCreditCardCredential(Body):
    card_number: str = Field(min_length=1)
    card_cvv: str = Field(min_length=1)
    card_exp_month: str = Field(min_length=1)
    card_exp_year: str = Field(min_length=1)
    card_brand: str = Field(min_length=1)
    card_holder_name: str = Field(min_length=1)
    billing_address: BillingAddress | None = None
    billing_email: str | None = None
    billing_phone: str | None = None
    metadata: dict[str, str] | None = None

    @model_validator(mode="after")
    def normalize_empty_optional_fields(self) -> Self:
        if self.billing_address and not self.billing_address.model_dump(exclude_none=True):
            self.billing_address = None
        if self.metadata == {}:
            self.metadata = None
        return self


class SecretCredential(Body):
    secret_value: str = Field(min_length=1)
    secret_label: str | None = None


ARMS: dict[CredentialType, type[Body]] = {
    CredentialType.PASSWORD: NonEmptyPasswordCredential,
    CredentialType.CREDIT_CARD: NonEmptyCreditCardCredential,
    CredentialType.SECRET: SecretCredential,
}


class CredentialIn(Body):
    """A whole credential, to create it or in place of what is stored."""

    name: str
    credential_type: CredentialType
    credential: NonEmptyPasswordCredential | NonEmptyCreditCardCredential | SecretCredential
    vault_type: VaultType | None = None
    tested_url: Address = None
    proxy_location: ProxyLocation = None
    proxy_session_id: ProxySession = None
    rotate_proxy_session_id: bool = False
    browser_profile_id: str | None = None
    auto_profile_disabled: bool = False
    pin_saved_session_ip: bool = False

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if not isinstance(self.credential, ARMS[self.credential_type]):
            raise ValueError("credential has not the fields of its credential_type")
        return self


class MetadataIn(Body):
    """Some metadata to change; null changes nothing, but takes a proxy or a browser profile away."""

    name: str | None = Field(None, min_length=1)
    tested_url: Address = None
    user_context: str | None = Field(None, max_length=1000)
    save_browser_session_intent: bool | None = None
    auto_profile_disabled: bool | None = None
    run_sequentially: bool | None = None
    proxy_location: ProxyLocation = None
    proxy_session_id: ProxySession = None
    rotate_proxy_session_id: bool = False
    browser_profile_id: str | None = None
    pin_saved_session_ip: bool | None = None

    @model_validator(mode="after")
    def _has_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("At least one credential metadata field must be provided")
        return self


class Wanted(Body):
    page: int = Field(1, ge=1)
    page_size: int = Field(10, ge=1)
    search: str = Field("", max_length=200, description="Part of name, username, label, brand or digits; a whole id.")
    credential_type: CredentialType | None = None
    vault_type: VaultType | None = None
    folder_id: str | None = None


class FolderIn(Body):
    title: str = Field(min_length=1, max_length=255)
    description: str | None = None


class FolderChange(Body):
    title: str | None = Field(None, min_length=1, max_length=255)
    description: str | None = None

    @model_validator(mode="after")
    def _has_something(self) -> Self:
        if self.title is None and self.description is None:
            raise ValueError("at least one of 'title' or 'description' must be provided")
        return self


class FolderChoice(Body):
    folder_id: str | None


class PasswordOut(BaseModel):
    username: str
    totp_type: TotpType
    totp_identifier: str | None
    has_totp: bool


class CardOut(BaseModel):
    last_four: str
    brand: str


class SecretOut(BaseModel):
    secret_label: str | None


class CredentialOut(BaseModel):
    """Metadata: no answer has a value."""

    credential_id: str
    credential: PasswordOut | CardOut | SecretOut
    credential_type: CredentialType
    name: str
    vault_type: Literal["skyvern"]
    browser_profile_id: str | None
    auto_profile_disabled: bool
    pin_saved_session_ip: bool
    tested_url: str | None
    user_context: str | None
    save_browser_session_intent: bool
    run_sequentially: bool
    folder_id: str | None
    proxy_location: str | dict[str, Any] | None
    proxy_session_id: str | None
    created_by: str | None


class TotpCodeOut(BaseModel):
    code: str
    seconds_remaining: int


class FolderOut(BaseModel):
    folder_id: str
    organization_id: str
    title: str
    description: str | None
    credential_count: int
    created_at: str
    modified_at: str


class FolderGone(BaseModel):
    status: Literal["deleted"]
    folder_id: str


class Misfit(BaseModel):
    loc: list[str | int]
    msg: str
    type: str


class Misfits(BaseModel):
    detail: list[Misfit]


class KeyProblem(BaseModel):
    error_code: str
    message: str


class Refused(BaseModel):
    detail: str | KeyProblem


class Crashed(BaseModel):
    error: str


def answers(shape: Any, status: int = 200, *, unknown: bool = False, writes: bool = False) -> dict[int, Any]:
    """What can come back: `unknown` where there is an id, `writes` where something is stored or opened."""
    found = {status: shape, 400: Refused, 403: Refused, 422: Misfits, 429: Refused, 500: Crashed, 503: Crashed}
    return found | ({404: Refused} if unknown else {}) | ({409: Refused, 413: Refused} if writes else {})
