"""What a QR code of an authenticator says: one account, or one part of an export. Pure."""

from urllib.parse import unquote, urlsplit

from credentials.otp.migration import Entry, Part, is_export, read_part
from credentials.otp.totp import BadSecret, parse


def read(text: str) -> Part:
    """`otpauth://totp/…` as a part of its own, or `otpauth-migration://…`. Raises BadSecret for anything else."""
    if is_export(text):
        return read_part(text)
    text = text.strip()
    if not text.lower().startswith(("otpauth:", "otpauth%3a")):
        raise BadSecret("This QR code is not one of an authenticator: it holds something else.")
    totp = parse(text)
    issuer, account = _names(text)
    return Part([Entry(totp, issuer, account)])


def _names(uri: str) -> tuple[str, str]:
    """Issuer and account of a URI that parsed: the parameter `issuer` first, then the label's prefix."""
    if uri.lower().startswith("otpauth%3a"):
        uri = unquote(uri)
    parts = urlsplit(uri)
    label = unquote(parts.path.lstrip("/"))
    prefix, colon, account = label.partition(":")
    if not colon:
        prefix, account = "", label
    return (_parameter(parts.query, "issuer") or prefix.strip()), account.strip()


def _parameter(query: str, name: str) -> str:
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        if unquote(key).lower() == name:
            return unquote(value.replace("+", " ")).strip()
    return ""
