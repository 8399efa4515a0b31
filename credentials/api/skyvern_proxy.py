"""From where a site is to be reached, as Skyvern's clients say it: a name, or a country with or without more.

No complaint repeats what was sent.
"""

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from credentials.api.body import json_value
from credentials.errors import Invalid

LONGEST_SESSION = 1000
_COUNTRIES = ("AR", "AU", "BR", "CA", "DE", "ES", "FR", "GB", "IE", "IN", "IT", "JP", "KR", "MX", "NL", "NZ", "PH",
              "SA", "TR", "ZA")  # fmt: skip
COUNTRIES = frozenset({"US", *_COUNTRIES})
LOCATIONS = frozenset({
    "RESIDENTIAL", "RESIDENTIAL_ISP", "NONE", "US-CA", "US-NY", "US-TX", "US-FL", "US-WA",
    *(f"RESIDENTIAL_{country}" for country in _COUNTRIES),
})  # fmt: skip


class GeoTarget(BaseModel):
    country: str = Field(min_length=2, max_length=2)
    subdivision: str | None = Field(None, max_length=10)
    city: str | None = Field(None, max_length=100)
    isISP: bool = False  # noqa: N815  # the name on the wire

    @model_validator(mode="after")
    def _normal(self) -> Self:
        self.country = self.country.upper()
        if self.country not in COUNTRIES:
            raise ValueError("no such country")
        if self.subdivision is not None:
            self.subdivision = self.subdivision.upper().split("-", 1)[-1]
        return self


def _location(given: Any) -> Any:
    """A name of the list, or a country with or without more, also as JSON in a text."""
    if isinstance(given, str) and given.lstrip().startswith("{"):
        try:
            given = json_value(given.encode())
        except Invalid:
            raise ValueError("this JSON is not a valid ProxyLocation") from None
    if isinstance(given, dict):
        try:
            return GeoTarget.model_validate(given).model_dump()
        except ValidationError:
            raise ValueError("this is not a valid geo target") from None
    if given is None or (isinstance(given, str) and not given.strip()):
        return None
    if not isinstance(given, str) or given.strip() not in LOCATIONS:
        raise ValueError("this is not a valid ProxyLocation")
    return given.strip()


def _blank_is_none(given: Any) -> Any:
    return (given.strip() or None) if isinstance(given, str) else given


ProxyLocation = Annotated[str | dict[str, Any] | None, BeforeValidator(_location)]
ProxySession = Annotated[Annotated[str, Field(max_length=LONGEST_SESSION)] | None, BeforeValidator(_blank_is_none)]
