"""Drawn passwords and passphrases; a look at a TOTP secret before it is stored."""

import string
from dataclasses import replace

import pytest

from credentials.errors import Invalid, NotAllowed, NotFound
from credentials.models import AuditEvent
from credentials.vault import generate, preview
from tests.conftest import SEED

ALL = frozenset(generate.CLASSES)


@pytest.mark.parametrize("length", [8, 20, 128])
@pytest.mark.parametrize("classes", [ALL, {"lower"}, {"digits", "signs"}])
def test_a_password_has_its_length_and_each_of_its_classes_and_no_other(blue, length, classes):
    drawn = generate.generate_password(blue.caller("manager"), length=length, classes=frozenset(classes))
    assert len(drawn) == length
    for name, alphabet in generate.CLASSES.items():
        assert bool(set(drawn) & set(alphabet)) is (name in classes)
    assert not set(drawn) & set("0O1lI|")


def test_no_two_are_alike(blue):
    mia = blue.caller("manager")
    assert len({generate.generate_password(mia, length=20, classes=ALL) for _ in range(50)}) == 50


def test_a_passphrase_is_made_of_the_lists_words(blue):
    assert len(generate.word_list()) == len(set(generate.word_list())) == 7776
    words = generate.generate_passphrase(blue.caller("manager"), words=6)
    assert set(words) <= set(string.ascii_lowercase + "-")
    assert generate.generate_passphrase(blue.caller("manager"), words=6) != words
    assert words.count("-") >= 5


@pytest.mark.parametrize(("length", "classes"), [(7, ALL), (129, ALL), (20, frozenset()), (20, frozenset({"runes"}))])
def test_what_cannot_be_drawn_is_refused(blue, length, classes):
    with pytest.raises(Invalid):
        generate.generate_password(blue.caller("manager"), length=length, classes=classes)
    with pytest.raises(Invalid):
        generate.generate_passphrase(blue.caller("manager"), words=2)


def test_only_who_may_add_draws_and_looks(blue, red):
    with pytest.raises(NotAllowed):
        generate.generate_passphrase(blue.caller("operator"), words=5)
    with pytest.raises(NotAllowed):
        preview.preview_totp(blue.caller("operator"), given=SEED)
    with pytest.raises(NotFound):
        preview.preview_totp(replace(red.caller("owner"), role=None), given=SEED)


@pytest.mark.parametrize("given", [SEED, f"otpauth://totp/x:y?secret={SEED}&digits=6", " jbsw y3dp ehpk 3pxp "])
def test_a_look_at_a_secret_gives_its_code_and_stores_nothing(blue, given):
    seen = AuditEvent.objects.count()
    found = preview.preview_totp(blue.caller("manager"), given=given)
    assert len(found.code.code) == found.digits == 6
    assert found.is_short
    assert AuditEvent.objects.count() == seen


def test_what_is_no_secret_is_told_so_without_repeating_it(blue):
    with pytest.raises(Invalid) as refusal:
        preview.preview_totp(blue.caller("manager"), given="not!a!secret-7731")
    assert "7731" not in str(refusal.value)
