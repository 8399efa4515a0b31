"""One identifier in three forms: as it is kept, as Skyvern's list looks for it, as claims compare it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.otp.identifier import key, keys, sought, stored

pytestmark = pytest.mark.same_everywhere


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("John.Doe@Example.COM ", "john.doe@example.com"),
        ("\n STRASSE@Straße.de", "strasse@strasse.de"),
        ("+1 (212) 555-0199", "+1 (212) 555-0199"),
        (" 4155550123", " 4155550123"),
        ("User_123 ", "User_123 "),
        ("Me @example.com", "Me @example.com"),
        ("@handle", "@handle"),
        ("", ""),
    ],
)
def test_an_address_is_folded_and_all_else_kept_as_it_was_sent(sent, kept):
    assert stored(sent) == kept


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("JOHN.DOE@example.com", ["john.doe@example.com"]),
        ("+1 (415) 555-0123", ["+1 (415) 555-0123", "+14155550123", "14155550123"]),
        ("+14155550123", ["+14155550123", "14155550123"]),
        ("14155550123", ["14155550123", "+14155550123"]),
        ("4155550123", ["4155550123"]),
        ("+49 170/1234567", ["+49 170/1234567", "+491701234567", "491701234567"]),
        ("0049 1701234567", ["0049 1701234567", "00491701234567"]),
        ("USER_123", ["USER_123"]),
        ("123456", ["123456"]),
        ("1234567890123456", ["1234567890123456"]),
        ("12+34567", ["12+34567"]),
        ("(" * 50_000 + "x", ["(" * 50_000 + "x"]),
    ],
)
def test_a_list_looks_for_what_was_asked_its_full_form_and_its_digits(asked, found):
    assert sought(asked) == found


@pytest.mark.parametrize(
    "alike",
    [
        ["+1 (415) 555-0123", "+14155550123", "1-415-555-0123", "4155550123", "(415) 555.0123", "001 415 555 0123",
         "\u202a+1\u00a0415\u2011555\u20110123\u202c", "＋１４１５５５５０１２３", "+١٤١٥٥٥٥٠١٢٣"],
        ["+45 12 34 56 78", "4512345678", "004512345678"],
        ["+491701234567", "491701234567", "0049 170 1234567", "+49 (170) 1234567"],
        ["me@example.com", " ME@Example.com\t"],
        ["jos\u00e9@example.com", "JOSE\u0301@example.com"],
    ],
)  # fmt: skip
def test_a_claim_finds_every_way_of_writing_one_identifier(alike):
    for asked in alike:
        for sent in alike:
            assert key(stored(sent)) in keys(asked), (asked, sent)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+4155550123", "+14155550123"),
        ("+14155550123", "+4114155550123"),
        ("user_123", "USER_123"),
        ("order 1234567", "1234567"),
        ("me@example.com", "me@example.org"),
        ("", " "),
    ],
)
def test_a_claim_keeps_different_identifiers_apart(one, other):
    assert key(stored(one)) not in keys(other)
    assert key(stored(other)) not in keys(one)


@given(st.text(max_size=60))
def test_whatever_is_sent_is_found_again_by_the_same_words(text):
    assert stored(text) in sought(text)
    assert stored(stored(text)) == stored(text)
    assert key(stored(text)) in keys(text)
