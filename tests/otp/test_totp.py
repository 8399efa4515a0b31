"""Time-based codes: RFC 6238's own vectors, an independent computation and oathtool; what `parse` takes and refuses."""

import base64
import hmac
import shutil
import subprocess
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.otp import totp
from credentials.otp.totp import BadSecret, Totp, code_at, parse, uri

pytestmark = pytest.mark.same_everywhere

SEED = "JBSWY3DPEHPK3PXP"  # the 80 bits of everybody's documentation
LONG = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # 160 bits, RFC 6238's SHA-1 key
LENGTHS = {"SHA1": 20, "SHA256": 32, "SHA512": 64}

# RFC 6238, Appendix B: time, then the codes under SHA1, SHA256, SHA512.
RFC_6238 = [
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]


def rfc_secret(algorithm: str) -> str:
    """The RFC's ASCII key, repeated to the length of the hash."""
    return base32((b"1234567890" * 7)[: LENGTHS[algorithm]])


def base32(key: bytes) -> str:
    return base64.b32encode(key).decode().rstrip("=")


def computed(key: bytes, step: int, algorithm: str, digits: int) -> str:
    """RFC 4226, section 5.3, written from its text."""
    mac = hmac.new(key, step.to_bytes(8, "big"), algorithm.lower()).digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number)[-digits:].zfill(digits)


@pytest.mark.parametrize("algorithm", LENGTHS)
def test_the_codes_are_those_of_rfc_6238(algorithm):
    column = 1 + list(LENGTHS).index(algorithm)
    for vector in RFC_6238:
        assert code_at(Totp(rfc_secret(algorithm), algorithm, 8), vector[0]).code == vector[column]


@given(
    key=st.binary(min_size=10, max_size=80),
    algorithm=st.sampled_from(list(LENGTHS)),
    digits=st.integers(6, 9),
    period=st.integers(15, 300),
    at=st.floats(0, 4_000_000_000),
)
def test_any_setting_gives_what_an_independent_computation_gives(key, algorithm, digits, period, at):
    code = code_at(Totp(base32(key), algorithm, digits, period), at)
    step = int(at // period)
    assert code.code == computed(key, step, algorithm, digits)
    assert code.next_code == computed(key, step + 1, algorithm, digits)
    assert code.expires_at == (step + 1) * period
    assert 1 <= code.seconds_remaining <= period


@pytest.mark.skipif(not shutil.which("oathtool"), reason="compared with oathtool where it is installed")
@pytest.mark.parametrize("algorithm", LENGTHS)
@pytest.mark.parametrize("digits", [6, 7, 8])  # oathtool knows no nine
@pytest.mark.parametrize(("secret", "period"), [(SEED, 30), (LONG, 15), (LONG, 60), (LONG, 300)])
def test_the_codes_are_those_of_oathtool(algorithm, digits, secret, period):
    at = 1_700_000_123
    command = ["oathtool", f"--totp={algorithm.lower()}", f"-d{digits}", f"-s{period}s", f"-N@{at}", "-b", secret]
    theirs = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert code_at(Totp(secret, algorithm, digits, period), at).code == theirs


def test_a_code_lives_until_its_step_ends():
    assert (code_at(Totp(SEED), 60).seconds_remaining, code_at(Totp(SEED), 60).expires_at) == (30, 90)
    assert code_at(Totp(SEED), 89.9).seconds_remaining == 1
    assert code_at(Totp(SEED), 90).code == code_at(Totp(SEED), 60).next_code


@pytest.mark.parametrize(
    "typed",
    [
        SEED,
        SEED.lower(),
        "jbsw y3dp ehpk 3pxp",
        "  JBSW-Y3DP-EHPK-3PXP\n",
        "JBSW Y3DP–EHPK—3PXP",
        "JBSW\u00a0Y3DP\u200bEHPK\t3PXP\ufeff",
        f"{SEED}======",
        f"otpauth://totp/Example:ops@example.com?secret={SEED}&issuer=Example",
        f"OTPAUTH://TOTP/x?SECRET={SEED.lower()}",
        quote(f"otpauth://totp/Example:ops?secret={SEED}&issuer=Example", safe=""),
        f"otpauth://totp/x?secret={quote('JBSW Y3DP EHPK 3PXP')}",
        f"?secret={SEED}",
        f"https://example.com/enrol?secret={SEED}",
    ],
)
def test_a_secret_is_understood_however_it_is_pasted(typed):
    assert parse(typed) == Totp(SEED, "SHA1", 6, 30)


def test_eighty_bits_are_enough_and_are_called_short():
    assert (parse(SEED).bits, parse(SEED).is_short) == (80, True)
    assert (parse(LONG).bits, parse(LONG).is_short) == (160, False)
    assert not parse(base32(bytes(14))).is_short  # 112 bits
    with pytest.raises(BadSecret, match="too short"):
        parse(base32(bytes(9)))


def test_a_secret_has_up_to_128_characters_however_it_is_spaced():
    assert parse(f"otpauth://totp/x?secret={'A' * 128}").bits == 640
    assert parse("AAAA " * 32 + "====").secret == "A" * 128


def test_a_uri_brings_all_its_settings():
    text = f"otpauth://totp/ACME:ops?secret={LONG}&issuer=ACME&algorithm=SHA512&digits=8&period=60&image=x"
    assert parse(text) == Totp(LONG, "SHA512", 8, 60)
    assert parse(quote(text, safe="")) == Totp(LONG, "SHA512", 8, 60)
    assert parse(f"?secret={LONG}&algorithm=HmacSHA256&digits=9&period=15") == Totp(LONG, "SHA256", 9, 15)


def test_a_uris_settings_win_over_the_explicit_ones_and_those_over_the_defaults():
    given = {"algorithm": "sha-256", "digits": 7, "period": 45}
    assert parse(SEED, **given) == Totp(SEED, "SHA256", 7, 45)
    assert parse(f"otpauth://totp/x?secret={SEED}&digits=8", **given) == Totp(SEED, "SHA256", 8, 45)


def test_a_bare_key_takes_the_settings_it_had_but_a_uri_starts_afresh():
    before = Totp(LONG, "SHA512", 8, 60)
    assert parse(SEED, fallback=before) == Totp(SEED, "SHA512", 8, 60)
    assert parse(SEED, digits=6, fallback=before) == Totp(SEED, "SHA512", 6, 60)
    assert parse(f"otpauth://totp/x?secret={SEED}", fallback=before) == Totp(SEED)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "missing"),
        (" - ", "missing"),
        ("otpauth://totp/x", "missing"),
        ("otpauth://totp/x?secret=", "missing"),
        ("JBSWY3DPEHPK3PX", "cut off|too short"),
        ("JBSWY3DPEHPK3PXPA", "cut off"),
        ("JBSWY3DPEHPK3P18", "letters A to Z"),
        ("JBSWY3DPEHPK3PXÄ", "letters A to Z"),
        ("\ud800BSWY3DPEHPK3PXP", "letters A to Z"),
        (f"otpauth://hotp/x?secret={SEED}&counter=1", "HOTP"),
        (f"otpauth://steam/x?secret={SEED}", "otpauth://totp/"),
        (f"otpauth:totp?secret={SEED}", "otpauth://totp/"),
        (f"otpauth-migration://offline?data={SEED}", "letters A to Z"),
        (f"otpauth://[totp/x?secret={SEED}", "malformed"),
        (f"otpauth://totp/x?secret={SEED}&secret={LONG}", "twice"),
        (f"otpauth://totp/x?secret={SEED}&digits=6&DIGITS=8", "twice"),
        (f"otpauth://totp/x?secret={SEED}&" + "&".join(f"p{n}=1" for n in range(30)), "malformed"),
        (f"otpauth://totp/x?secret={SEED}&algorithm=MD5", "algorithm"),
        (f"otpauth://totp/x?secret={SEED}&digits=5", "digits goes from 6 to 9"),
        (f"otpauth://totp/x?secret={SEED}&digits=10", "digits goes from 6 to 9"),
        (f"otpauth://totp/x?secret={SEED}&digits=six", "digits goes from 6 to 9"),
        (f"otpauth://totp/x?secret={SEED}&digits=٦", "digits goes from 6 to 9"),
        (f"otpauth://totp/x?secret={SEED}&period=14", "period goes from 15 to 300"),
        (f"otpauth://totp/x?secret={SEED}&period=301", "period goes from 15 to 300"),
        (f"otpauth://totp/x?secret={SEED}&period=-30", "period goes from 15 to 300"),
        (f"otpauth://totp/x?secret={SEED}&period={'9' * 500}", "period goes from 15 to 300"),
        (SEED * 200, "too long"),
        ("A" * 129, "too long: at most 128 characters"),
        (f"otpauth://totp/x?secret={'A' * 129}", "too long: at most 128 characters"),
        ("my password is JBSWY3DPEHPK3PXP!", "letters A to Z"),
    ],
)
def test_what_is_no_secret_is_refused_without_repeating_it(typed, says):
    with pytest.raises(BadSecret, match=says) as refusal:
        parse(typed)
    shown = f"{refusal.value} {refusal.value!r} {refusal.value.__cause__!r}"
    assert SEED[:14] not in shown
    assert typed.strip(" -") == "" or typed not in shown


@pytest.mark.parametrize(
    "wrong", [{"algorithm": "MD5"}, {"digits": 5}, {"digits": 10}, {"period": 14}, {"period": 301}]
)
def test_explicit_settings_have_the_same_limits(wrong):
    with pytest.raises(BadSecret, match=next(iter(wrong))):
        parse(SEED, **wrong)


@given(st.text(max_size=300))
def test_any_text_is_a_secret_or_refused_and_never_a_crash(text):
    try:
        found = parse(text)
    except BadSecret:
        return
    assert code_at(found, 0).code.isdigit()


totps = st.builds(
    Totp,
    st.binary(min_size=10, max_size=64).map(base32),
    st.sampled_from(list(totp.ALGORITHMS)),
    st.sampled_from(totp.DIGITS),
    st.sampled_from(totp.PERIODS),
)


@given(totps, st.text(max_size=30), st.text(max_size=30))
def test_what_uri_writes_parse_reads(secret, issuer, account):
    written = uri(secret, issuer=issuer, account=account)
    assert parse(written) == secret


@given(totps)
def test_what_dump_writes_load_reads_and_neither_repr_shows_it(secret):
    assert Totp.load(secret.dump()) == secret
    assert secret.secret not in repr(secret)
    assert code_at(secret, 0).code not in repr(code_at(secret, 10**10))


def test_a_uri_writes_its_defaults_out_and_names_the_issuer_twice():
    assert uri(Totp(SEED), issuer="ACME: Co", account="ops@example.com") == (
        f"otpauth://totp/ACME%20%20Co%3Aops%40example.com?secret={SEED}&issuer=ACME%20%20Co"
        "&algorithm=SHA1&digits=6&period=30"
    )


def test_a_secret_is_grouped_to_be_read_aloud():
    assert Totp(SEED).grouped == "JBSW Y3DP EHPK 3PXP"
