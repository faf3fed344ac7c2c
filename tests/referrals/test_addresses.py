"""When two delivery addresses are one door (R-5)."""

import pytest

from referrals.rules.addresses import address_key

DOOR = "г. Москва, ул. Зелёная, д. 5, кв. 12"
DOORS = {
    "as it is": DOOR,
    "shouting": "Г. МОСКВА, УЛ. ЗЕЛЁНАЯ, Д. 5, КВ. 12",
    "without ё": "г. Москва, ул. Зеленая, д. 5, кв. 12",
    "with the index": "101000, г. Москва, ул. Зелёная, д. 5, кв. 12",
    "index at the end": "Москва, ул. Зелёная, 5, 12, 101000",
    "in full words": "город Москва, улица Зелёная, дом 5, квартира 12",
    "without marks": "Москва Зелёная 5 12",
    "with a dash": "Москва, Зелёная 5-12",
    "with a long dash": "Москва, ул. Зелёная, 5 — 12",
    "marks behind": "Москва г, Зелёная ул, 5, кв. 12",
    "no spaces": "г.Москва,ул.Зелёная,д.5,кв.12",
    "glued marks": "москва зелёная ул д5 кв12",
    "another order": "кв. 12, д. 5, ул. Зелёная, г. Москва",
    "street before city": "ул. Зелёная, д. 5, кв. 12, Москва",
    "the country": "Россия, г. Москва, ул. Зелёная, д. 5, кв. 12",
    "the region": "Московская область, г. Москва, ул. Зелёная, д. 5, кв. 12",
    "entrance and floor": "г. Москва, ул. Зелёная, д. 5, подъезд 2, этаж 3, домофон 12, кв. 12",
    "lines": "г. Москва\nул. Зелёная\nд. 5\nкв. 12",
    "semicolons": "г. Москва; ул. Зелёная; д. 5; кв. 12",
    "number signs": "г. Москва, ул. Зелёная, дом №5, квартира №12",
    "quotes": "г. «Москва», ул. «Зелёная», д. 5, кв. 12",
    "Latin look-alikes": "г. Mocквa, ул. Зeлёнaя, д. 5, кв. 12",
    "look-alikes alone": "г. Москва, ул. Зелёная, д. 5, kв. 12",
    "office for flat": "г. Москва, ул. Зелёная, д. 5, оф. 12",
    "leading noughts": "г. Москва, ул. Зелёная, д. 05, кв. 012",
    "no-break spaces": "г.\u00a0Москва, ул.\u00a0Зелёная, д.\u00a05, кв.\u00a012",
    "full-width digits": "г. Москва, ул. Зелёная, д. ５, кв. １２",
    "city twice": "Москва, г. Москва, ул. Зелёная, д. 5, кв. 12",
    "in Latin": "g. Moskva, ul. Zelenaya, d. 5, kv. 12",
    "in Latin for foreigners": "Moscow, Zelenaya street, house 5, apt. 12",
    "city in short": "мск, зелёная 5, 12",
    "a comma after the mark": "Москва, Зелёная, дом, 5, квартира, 12",
}
SAME = {
    "letter of the house": ("Тула, ул. Мира, д. 5А, кв. 1", "Тула, Мира 5 «а», 1", "Тула, мира 5-a кв 1"),
    "block": (
        "Тула, ул. Мира, д. 5, корп. 2, кв. 1",
        "Тула, Мира 5к2, кв. 1",
        "Тула, Мира, 5/2, кв 1",
        "Тула, Мира 5 к.2-1",
    ),
    "structure": ("Тула, ул. Мира, д. 5, стр. 1, кв. 1", "Тула, Мира, 5с1, кв 1", "Тула, Мира, 5 строение 1, кв 1"),
    "avenue": (
        "Тула, пр. Мира, 5, 1",
        "Тула, пр-т Мира, д. 5, кв. 1",
        "Тула, проспект Мира, 5-1",
        "просп. Мира 5, 1, Тула",
    ),
    "boulevard": ("Тула, б-р Мира, 5", "Тула, бульвар Мира, д. 5"),
    "ordinal": ("Тула, 1-я Лесная, 5, 1", "Тула, ул. 1-я Лесная, д. 5, кв. 1", "Тула, Лесная 1-ая, д.5 кв.1"),
    "number in the name": ("Тула, ул. 8 Марта, д. 5, кв. 1", "Тула, 8 марта 5-1", "8 Марта 5, 1, Тула"),
    "years in the name": ("Тула, ул. 50 лет Октября, 5, 1", "Тула, 50 лет октября, д. 5 кв. 1"),
    "village": ("Московская обл., д. Лесная, д. 5", "деревня Лесная, дом 5", "Лесная, 5"),
    "Petersburg": ("Санкт-Петербург, Садовая, 5, 1", "СПб, ул. Садовая, д. 5, кв. 1", "Saint Petersburg, Sadovaya 5-1"),
    "soft signs": ("Тверь, Вольная 5", "Tver, Volnaya 5", "Tver', Vol'naya, 5"),
}
OTHERS = {
    "another flat": "г. Москва, ул. Зелёная, д. 5, кв. 13",
    "another house": "г. Москва, ул. Зелёная, д. 6, кв. 12",
    "house and flat exchanged": "г. Москва, ул. Зелёная, д. 12, кв. 5",
    "another street": "г. Москва, ул. Красная, д. 5, кв. 12",
    "another town": "г. Тула, ул. Зелёная, д. 5, кв. 12",
    "an avenue": "г. Москва, пр. Зелёная, д. 5, кв. 12",
    "another block": "г. Москва, ул. Зелёная, д. 5, корп. 1, кв. 12",
    "a letter": "г. Москва, ул. Зелёная, д. 5а, кв. 12",
    "without a flat": "г. Москва, ул. Зелёная, д. 5",
    "longer number": "г. Москва, ул. Зелёная, д. 5, кв. 112",
}


@pytest.mark.parametrize("spelling", DOORS.values(), ids=DOORS)
def test_spellings_of_one_door_are_one(spelling: str) -> None:
    assert address_key(spelling) == "=moskva zelenaia; house 5; flat 12"


@pytest.mark.parametrize("spellings", SAME.values(), ids=SAME)
def test_parts_of_an_address_are_read_however_written(spellings: tuple[str, ...]) -> None:
    assert len({address_key(spelling) for spelling in spellings}) == 1
    assert address_key(spellings[0])


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_other_doors_stay_others(other: str) -> None:
    assert address_key(other) not in {"", address_key(DOOR)}


@pytest.mark.parametrize("text", ["", "   ", "Москва", "ул. Зелёная", "5", "кв. 12", "101000", "самовывоз", "..., - №"])
def test_what_names_no_house_is_no_door(text: str) -> None:
    assert address_key(text) == ""


def test_a_key_is_its_own_key() -> None:
    assert address_key(address_key(DOOR)) == address_key(DOOR)
