"""One spelling for what one person has, and its keyed hash (R-5)."""

import pytest

from referrals.rules.traits import hashed, network_of, phone_key, trait_key

SECRET = "a secret of the shop"
EQUAL = {
    "case of a mailbox": ("email", "Buyer@Mail.ru", "buyer@mail.ru"),
    "plus tag": ("email", "buyer+friend@mail.ru", "buyer@mail.ru"),
    "dots of Gmail": ("email", "b.u.y.e.r@gmail.com", "buyer@googlemail.com"),
    "dots and a tag of Gmail": ("email", "b.uyer+1@Gmail.com", "buyer@gmail.com"),
    "domains of Yandex": ("email", "buyer@ya.ru", "buyer@yandex.com"),
    "dot and hyphen of Yandex": ("email", "good.buyer@yandex.ru", "good-buyer@yandex.kz"),
    "spaces around": ("email", "  buyer@mail.ru ", "buyer@mail.ru"),
    "eight for the country": ("phone", "8 (912) 345-67-89", "+79123456789"),
    "no plus": ("phone", "79123456789", "+7 912 345 67 89"),
    "no country": ("phone", "912 345-67-89", "+79123456789"),
    "full-width digits": ("phone", "+７９１２３４５６７８９", "+79123456789"),
    "one device": ("device", " 9f1c ", "9f1c"),
    "one payer": ("payer", "bank:77 ", "bank:77"),
    "one door": ("address", "Тула, ул. Мира, д. 5, кв. 1", "тула мира 5-1"),
    "one network": ("network", "203.0.113.7", "203.0.113.250"),
    "one network of six": ("network", "2001:db8:1:2::3", "2001:db8:1:ffff::9"),
    "four within six": ("network", "::ffff:203.0.113.7", "203.0.113.1"),
}
DIFFERENT = {
    "dots elsewhere": ("email", "b.uyer@mail.ru", "buyer@mail.ru"),
    "another mailbox": ("email", "buyer1@mail.ru", "buyer@mail.ru"),
    "another host": ("email", "buyer@mail.ru", "buyer@bk.ru"),
    "another number": ("phone", "+79123456788", "+79123456789"),
    "another device": ("device", "9f1c", "9f1d"),
    "another payer": ("payer", "bank:77", "bank:78"),
    "another flat": ("address", "Тула, Мира 5-1", "Тула, Мира 5-2"),
    "the next network": ("network", "203.0.113.7", "203.0.114.7"),
    "another network of six": ("network", "2001:db8:1::1", "2001:db8:2::1"),
}


@pytest.mark.parametrize(("kind", "one", "other"), EQUAL.values(), ids=EQUAL)
def test_spellings_of_one_thing_have_one_hash(kind: str, one: str, other: str) -> None:
    assert hashed(kind, one, SECRET) == hashed(kind, other, SECRET) != ""


@pytest.mark.parametrize(("kind", "one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_different_things_have_different_hashes(kind: str, one: str, other: str) -> None:
    assert "" != hashed(kind, one, SECRET) != hashed(kind, other, SECRET) != ""


@pytest.mark.parametrize(("kind", "one", "other"), EQUAL.values(), ids=EQUAL)
def test_a_key_is_its_own_key(kind: str, one: str, other: str) -> None:
    assert trait_key(kind, trait_key(kind, one)) == trait_key(kind, one)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("email", ""),
        ("email", "not an address"),
        ("phone", "12"),
        ("phone", ""),
        ("device", " "),
        ("payer", ""),
        ("address", "Тула"),
        ("network", ""),
        ("network", "unknown"),
        ("network", "127.0.0.1"),
        ("network", "::1"),
        ("network", "192.168.1.5"),
        ("network", "10.1.2.3"),
    ],
)
def test_what_says_nothing_of_a_person_has_no_hash(kind: str, text: str) -> None:
    assert hashed(kind, text, SECRET) == ""


def test_hash_is_forty_hexadecimal_digits_of_the_secret_and_the_kind() -> None:
    one = hashed("device", "9f1c", SECRET)
    assert len(one) == 40
    assert int(one, 16)
    assert one not in {hashed("device", "9f1c", "another secret"), hashed("payer", "9f1c", SECRET)}


def test_networks_and_phones_read_as_written() -> None:
    assert network_of("203.0.113.77") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert phone_key("8 912 345-67-89", "RU") == "+79123456789"
