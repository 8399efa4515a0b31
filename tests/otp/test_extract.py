"""Rules for finding the code in a message, one by one; then the corpus as a whole."""

import html
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.otp import others, words
from credentials.otp.extract import extract
from credentials.otp.plain import ascii_digits, folded, readable
from tests.otp import score

pytestmark = pytest.mark.same_everywhere

CORPUS = score.rows()


def code(text: str, channel: str = "") -> str | None:
    return extract(text, channel).code


@pytest.mark.parametrize("text", ["482913", "code 12345", "G-123456", "7"])
def test_up_to_ten_characters_are_the_code_as_they_are(text):
    assert code(f" {text}\n") == text
    assert extract(text).type == "totp"


def test_an_empty_message_is_an_empty_code_of_no_confidence():
    assert (extract("  ").code, extract("").confidence) == ("", 0.0)


@pytest.mark.parametrize("end", ["", " @iframe.example.net", " %iframe.example.net"])
def test_a_domain_bound_last_line_comes_first_of_all(end):
    found = extract(f"Your verification code is 111111.\n\n@example.com #Zx-9981{end}\n")
    assert (found.code, found.confidence, found.reason) == ("Zx-9981", 1.0, "domain-bound line for example.com")


def test_a_domain_bound_line_counts_only_as_the_last():
    assert code("@example.com #998877\nYour verification code is 111111.") == "111111"


def test_a_whole_link_is_returned_byte_for_byte_without_the_sentence_around_it():
    found = extract("HTTPS://example.com/a?x=1&amp;copy=2;\n")
    assert (found.code, found.type) == ("HTTPS://example.com/a?x=1&copy=2", "magic_link")


def test_a_link_needs_wording_of_signing_in():
    link = "https://example.com/x/8f7a6b5c4d3e2f1a0b"
    assert code(f"Click to sign in: {link}") == link
    assert code(f"Our summer catalogue is here: {link}") is None


def test_a_code_is_better_than_a_link():
    assert code("Sign in with https://example.com/login?token=8f7a6b5c4d3e or use the code 482913.") == "482913"


@pytest.mark.parametrize(
    "path", ["unsubscribe?u=8f7a6b5c4d3e2f1a", "help?token=8f7a6b5c4d3e2f1a", "track/8f7a6b5c4d3e2f1a"]
)
def test_a_link_that_leads_elsewhere_is_no_magic_link(path):
    assert code(f"You can sign in to your account any time. https://example.com/{path}") is None


def test_two_magic_links_of_one_likelihood_are_none():
    assert (
        code("Sign in: https://a.example/login?token=aaaa1111bbbb\nSign in: https://a.example/login?token=cccc2222dddd")
        is None
    )


def test_the_reason_names_the_words_before_or_after():
    assert extract("Your verification code is 482913.").reason == "after 'verification code'"
    assert extract("482913 is your login code.").reason == "before 'login code'"


@pytest.mark.parametrize("text", ["Your codes: 123456 or 654321", "Your code is 123456. Your code is 654321."])
def test_two_equally_likely_codes_are_none(text):
    assert extract(text).reason == "nothing: two candidates are equally likely"
    assert extract(text).code is None


def test_the_same_code_twice_is_one_code():
    assert code("Subject: Your code is 482913\n\nYour code is 482913.", "email") == "482913"


@pytest.mark.parametrize(
    "written", ["482 913", "482-913", "48 29 13", "4 8 2 9 1 3", "4-8-2-9-1-3", "482 - 913", "482 913", "482–913"]
)
def test_groups_of_digits_are_joined(written):
    assert code(f"Your verification code is {written}. It expires in 10 minutes.") == "482913"


@pytest.mark.parametrize("written", ["٤٨٢٩١٣", "۴۸۲۹۱۳", "४८२९१३", "482913", "৪৮২৯১৩", "4️⃣8️⃣2️⃣9️⃣1️⃣3️⃣", "48\u200b29\u206013"])
def test_digits_of_every_script_become_ascii(written):
    assert code(f"Your verification code: {written}") == "482913"


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("G-482913", "482913"),
        ("FB-48213", "48213"),
        ("6ZA-BRE", "6ZA-BRE"),
        ("K7Q-9PX", "K7Q-9PX"),
        ("ABC-123", "ABC-123"),
    ],
)
def test_a_short_prefix_of_letters_is_the_senders_and_equal_groups_are_the_code(written, typed):
    assert code(f"Your login code is {written}. Do not share it.") == typed


@pytest.mark.parametrize("written", ["ABC123", "x7Kp2q", "8F4A-23BC", "WDJB-MJHT", "123", "1234567890"])
def test_a_code_may_have_letters_and_three_to_ten_characters(written):
    assert code(f"Your verification code is: {written}\n") == written


@pytest.mark.parametrize(
    "other",
    [
        "order 771204", "order number: 771204", "invoice #771204", "tracking no. 771204", "parcel 771204", "gate 204",
        "ref 771204", "Ref: 771204", "case 771204", "ticket #771204", "flight BA7712", "card ending in 7712", "2026",
        "account XX7712", "card *7712", "+1 415 555 0132", "call 0800 123 456", "EUR 7712", "7712 EUR", "$7,712.04",
        "12/05/2026", "14:05", "version 7.7.12", "15 minutes", "text STOP to 77120", "promo code SAVE77", "500 points",
        "postal code 10115", "zip 94107", "IBAN GB29NWBK60161331926819", "IP 203.0.113.9", "7712 people",
    ],
)  # fmt: skip
def test_a_number_with_another_name_is_no_code_and_hides_none(other):
    assert code(f"Acme account news: {other}. Thank you.") is None
    assert code(f"Acme: {other}. Your verification code is 482913.") == "482913"
    assert code(f"Your verification code is 482913. Acme: {other}.") == "482913"


@pytest.mark.parametrize(
    "other",
    ["Use code SAVE20 for 20% off!", "Your parcel waits in the locker. Code: 482913", "Your discount code: K7Q9PX"],
)
def test_a_code_of_a_shop_or_a_parcel_is_no_code(other):
    assert code(other) is None


def test_a_warning_about_codes_holds_none():
    assert code("Never share your verification code or your PIN with anyone. Call 18001234 to report fraud.") is None


def test_html_is_read_as_it_is_shown():
    page = "<style>.a{color:#123456}</style><p>Your sign-in code</p><table><tr><td>4<td>8<td>2<td>9</tr></table>"
    assert code(page, "email") == "4829"
    assert "123456" not in readable(page)


def test_an_sms_is_not_read_as_html():
    assert code("<#> Your code: 482913\nFA+9qCX9VSu", "sms") == "482913"


def test_a_raw_mail_is_unwrapped():
    mail = (
        "Subject: Hi\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    )
    assert code(f"{mail}PHA+WW91ciBsb2dpbiBjb2RlIGlzIDQ4MjkxMzwvcD4=", "email") == "482913"


def test_folding_keeps_every_position():
    text = "Código ΚΩΔΙΚΌΣ İı ß ﬁ Mã Đ 認証コード"
    assert len(folded(text)) == len(text)


def test_words_cover_many_languages():
    assert min(len(words.CODE), len(words.SIGN_IN), len(others.EXCLUDING)) >= 25


@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "12 ", "1-", "A-", "code ", "code: 1234 ", "<a ", "<!--", "<p", "&#", "https://", "@a.", "a@", "\n",
     "x1", "1.", "((", "\n1\n", "order ", "code 12-", "A1-B", "验证码", "123456 ", "Subject: ", "<a href=", "[.]",
     "_", "  ", "- ", "href   "],
)  # fmt: skip
def test_a_hostile_message_of_200_kb_comes_to_an_end(piece):
    extract(piece * (200_000 // len(piece)), "email")
    extract("code " + piece * (40_000 // len(piece)) + "!", "sms")


def invented(text: str, channel: str) -> bool:
    """Whether what comes back is not in the message, neither as written nor after joining groups."""
    code = extract(text, channel).code
    plain = html.unescape(text)
    seen = "\n".join((text, plain, unicodedata.normalize("NFC", ascii_digits(text)), ascii_digits(plain)))
    return bool(code) and code not in seen and code not in "".join(filter(str.isalnum, readable(text, channel)))


@pytest.mark.parametrize("row", CORPUS, ids=lambda row: row["id"])
def test_nothing_is_invented(row):
    assert not invented(row["text"], row["channel"])


PIECES = st.sampled_from(
    ["Your verification code is ", "código: ", "验证码", "رمز التحقق ", "order no. ", " is your code", "482913",
     "482-913", "4 8 2 9", "A1B-2C3", "G-", "١٢٣٤", "EUR 12", "12/05/2026 14:05", "\u200b", "<p>", "</td>", "&#52;",
     "&amp;", "\n", "\n\n", "Subject: ", "From: a@b.example\n", "https://a.example/login?token=8f7a6b5c4d3e",
     "@a.example #", "=3D", "=\n"]
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES | st.text(max_size=8), max_size=20).map("".join), st.sampled_from(["sms", "email", ""]))
def test_no_message_raises_or_makes_it_invent(text, channel):
    assert not invented(text, channel)


def test_a_message_is_read_no_further_than_60000_characters_of_text():
    assert code("x" * 59_000 + "\nYour login code is 482913.", "email") == "482913"
    assert code("x" * 61_000 + "\nYour login code is 482913.", "email") is None


@pytest.mark.parametrize("name", sorted({str(row["set"]) for row in CORPUS}))
def test_every_set_of_the_corpus_is_read_well(name):
    """The rules have seen them by now; what the blind sets scored at first sight, the scoring script says."""
    total, exact, negatives, false = score.tally([row for row in CORPUS if row["set"] == name])
    assert exact / total >= 0.97
    assert false / negatives <= 0.02


def test_every_blind_set_says_what_it_scored_at_first_sight():
    assert {str(row["set"]) for row in CORPUS} - {"tuned", "held"} == set(score.AT_FIRST_SIGHT)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Acme: enter 4829 to log in.", "4829"),
        ("Tippe 482913 ein oder verwende 482913, um die Zahlung von 20,00 EUR freizugeben.", "482913"),
        ("Acme. Saisissez 4829 pour confirmer votre adresse.", "4829"),
        ("Pop 482913 into the app and you're done.", "482913"),
        ("Hi Sam! 4829 verifies your phone.", "4829"),
        ("Type K7Q9PX into the window that asked for it.", "K7Q9PX"),
    ],
)
def test_what_a_sentence_does_with_a_number_can_name_it(text, found):
    assert code(text, "sms") == found


@pytest.mark.parametrize(
    "text",
    [
        "Enter 4829 on the keypad to open the gate. Do not share.",
        "Use 482913 to join the meeting. Do not share.",
        "Use PIZZA50 to confirm your order.",
        "Pay with 482913 for payment of your bill.",
        "Call 0800 123 456 to confirm your transfer.",
        "Use 4829 to confirm your pickup.",
    ],
)
def test_a_number_that_is_used_for_something_else_is_no_code(text):
    assert code(text, "sms") is None


@pytest.mark.parametrize(
    "text",
    [
        "Code 110284 has expired. Your new login code is 482913.",
        "Your new login code 482913 replaces 110284.",
        "My login code: 482913\n\nOn Fri, Nov 20, 2026 at 9:14 AM Dana wrote:\n> My login code: 110284",
        "My login code: 482913\n\n-----Original Message-----\nMy login code: 110284",
    ],
)
def test_an_old_code_gives_way_to_the_new_one(text):
    assert code(text, "email") == "482913"


def test_a_code_that_only_the_quoted_message_has_is_found():
    assert code("Here it is.\n\nOn Fri, Nov 20, 2026 Dana wrote:\n> My login code: 482913", "email") == "482913"


@pytest.mark.parametrize("written", ["447 120 98", "4471 2098", "4471 20"])
def test_digits_in_threes_or_fours_may_leave_a_short_rest(written):
    assert code(f"Acme: your login code is {written}.") == written.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        "Receipt 7712. Total $58.20. Auth code 003912. Thank you.",
        "Payment received. Authorization code: 003912",
        "Gift card: number 6006 4912 3456 7890, security code 4410",
    ],
)
def test_what_a_receipt_or_a_card_calls_a_code_is_none(text):
    assert code(text, "email") is None


def test_the_courier_who_is_only_warned_of_takes_no_code_away():
    assert code("Your OTP is 4829. Do not share it with anyone, not even the delivery partner.") == "4829"
    assert code("Your OTP is 4829. Share it with the delivery partner.") is None


def test_a_doubt_in_the_paragraph_before_is_no_doubt_of_the_link():
    link = "https://example.org/session/email-login/7d1e0c93b5a84f26"
    assert code(f"If you did not request this, ignore it.\n\nClick to log in:\n{link}", "email") == link
    assert code(f"If you did not request this, secure your login:\n{link}", "email") is None


def test_a_reason_never_holds_the_code():
    for row in CORPUS:
        found = extract(row["text"], row["channel"])
        assert not found.code or found.code not in found.reason


@pytest.mark.parametrize(
    "text",
    [
        "Show code 4410 to the host, your table is ready!",
        "Code porte 48A21, 12 rue de Rivoli",
        "Confirmation code: 8F3C2D1K. We received your payment of £440.19.",
        "Share OTP 482913 with the delivery agent.",
        "The verification code you requested on May 12, 2026 has expired.",
        "You'll now get a 6-digit code at +1 ••• ••• 4432 whenever you sign in.",
        "Fixes: support TOTP codes (#4410)",
        "184-Pin (32x64) memory",
        "Download with a code of conduct. Tue, 6 Aug 2002 06:06:23 -0400",
        "44 Farquhar Street, Boston, MA 02131 USA",
        "Login: 482913",
    ],
)
def test_a_code_of_something_else_is_no_code(text):
    assert code(text, "email") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("OTP for A/c XX4821 login is 664120.", "664120"),
        ("Your code for card *4410 at ALZA is 662013. Do not share it.", "662013"),
        ("Ihre mobileTAN für 1.250,00 EUR auf Konto DE89 3704 0044 0532 0130 00 lautet: 77190.", "77190"),
        ("Phone: 771029 is your OTP.", "771029"),
        ("858365 is your 98point6 security code.", "858365"),
        ("Your security code is 7, 3, 0, 5, 6, 2. Again: 7, 3, 0, 5, 6, 2.", "730562"),
        ("46143020\nvalid 5 minutes", "46143020"),
        ("Your login code:482913,12306 users only.", "482913"),
        ("Sign in to your account\n\nEnter the code below to sign in to your customer account:\n\n482-913", "482913"),
    ],
)
def test_a_code_is_found_among_other_numbers(text, found):
    assert code(text, "email") == found


def test_quoted_printable_that_nobody_decoded_is_decoded():
    assert code('<p style=3D"color:red">Your login code is=20<b>4829=\n13</b></p>', "email") == "482913"


def test_the_newest_headers_of_a_mailbox_are_no_text():
    mail = (
        "From a@b.example  Mon Sep 23 12:05:13 2002\nReceived: from c (authenticated)\n\tby d; Mon, 23 Sep 2002 -0400\n"
        "Subject: =?utf-8?q?Dein_Anmeldecode?=\nContent-Type: text/plain; charset=utf-8\n\n"
    )
    assert code(f"{mail}Er lautet für dich: 482913", "email") == "482913"
    assert code(f"{mail}Er kommt gleich.", "email") is None


def test_a_reset_link_is_a_magic_one_and_a_newsletters_links_are_none():
    reset = "https://example.org/password/reset/a8d7f6e5c4b3a291"
    assert code(f"You asked to reset your password: {reset}") == reset
    news = " ".join(f"https://c.example/click?q=3b-XhxVIN{n}dHnvGBLjnFPcZsj" for n in range(5))
    assert code(f"Register now! {news}", "email") is None


def test_a_number_to_text_to_is_no_code():
    assert code("Vote for Sam by texting CODE to 55120.") is None


def test_the_corpus_is_broad():
    assert len(CORPUS) >= 800
    assert sum(row["code"] is None for row in CORPUS) / len(CORPUS) >= 0.35
    assert len({row["lang"] for row in CORPUS}) >= 60
    assert len({row["id"] for row in CORPUS}) == len(CORPUS)
