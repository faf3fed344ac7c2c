"""E-mails and phones in any spelling (CU-1)."""

import pytest

from customers.rules import email_key, normalised_email, normalised_phone


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Anna@Shop.TEST ", "anna@shop.test"),
        ("anna@xn--e1afmkfd.xn--p1ai", "anna@пример.рф"),
        ("Анна@пример.рф", "анна@пример.рф"),
    ],
)
def test_email_is_normalised(typed, stored):
    assert normalised_email(typed) == stored


@pytest.mark.parametrize("typed", ["", "anna", "anna@shop", "a b@shop.test", "a\x00@shop.test", "@shop.test"])
def test_what_is_no_email_is_refused(typed):
    with pytest.raises(ValueError, match=r"."):
        normalised_email(typed)


@pytest.mark.parametrize(
    "spelling", ["Some.Body@gmail.com", "somebody+shop@googlemail.com", "s.o.m.e.b.o.d.y@GMAIL.com"]
)
def test_one_gmail_box_has_one_key(spelling):
    assert email_key(spelling) == "somebody@gmail.com"


@pytest.mark.parametrize("spelling", ["some.body@ya.ru", "some-body@yandex.com", "Some.Body+1@narod.ru"])
def test_one_yandex_box_has_one_key(spelling):
    assert email_key(spelling) == "some-body@yandex.ru"


def test_dots_count_elsewhere():
    assert email_key("some.body@shop.test") == "some.body@shop.test"


@pytest.mark.parametrize(
    "typed",
    ["8 (912) 345-67-89", "912 345 67 89", "7 912 345-67-89", "+7 912 345 67 89", "８９１２３４５６７８９"],
)
def test_phone_in_any_spelling(typed):
    assert normalised_phone(typed, "RU") == "+79123456789"


@pytest.mark.parametrize(
    ("typed", "stored"), [("+375 29 123-45-67", "+375291234567"), ("+77001234567", "+77001234567")]
)
def test_phone_of_a_neighbour(typed, stored):
    assert normalised_phone(typed, "RU") == stored


@pytest.mark.parametrize("typed", ["", "12", "abc", "+7 000 000 00 00", "9" * 300])
def test_what_is_no_phone_is_refused(typed):
    with pytest.raises(ValueError, match=r"."):
        normalised_phone(typed, "RU")
