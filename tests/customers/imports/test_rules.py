"""Cells, columns and rows as the rules read them; the short way is the rule's way (CU-1, CU-6)."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.rules import normalised_email, normalised_phone
from customers.rules.imports import (
    Layout,
    cells,
    delimiter_of,
    email_of,
    faults,
    guessed,
    phone_of,
    reader,
    row_of_titles,
    values,
)
from customers.rules.imports.people import RUSSIAN_MOBILE, USUAL_EMAIL

LAYOUT = Layout("purchases", {"number": 0, "paid_at": 1, "goods_amount": 2, "email": 3}, date(2026, 6, 1))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1234.56", "1234.56"),
        ("1 234,56", "1234.56"),
        ("1 234 567,5 ₽", "1234567.50"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1'234.00", "1234.00"),
        ("1\N{NO-BREAK SPACE}234,50", "1234.50"),
        ("12\N{NARROW NO-BREAK SPACE}345\N{NARROW NO-BREAK SPACE}678,9", "12345678.90"),
        ("1\N{THIN SPACE}234,50\N{NO-BREAK SPACE}р", "1234.50"),
        ("1200 руб.", "1200.00"),
        ("1234.5600000001", "1234.56"),
        ("0", "0"),
    ],
)
def test_money_is_read_as_people_write_it(typed, stored):
    assert cells.money(typed) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1.234", "not_money"),
        ("-5", "negative"),
        ("12 34", "not_money"),
        ("1_000", "not_money"),
        ("٣", "not_money"),
        ("NaN", "not_money"),
        ("1e5", "not_money"),
        ("1,23E+05", "cut_number"),
        ("1234.567", "not_money"),
        ("99999999999", "too_much"),
        ("#REF!", "formula"),
        ("", "not_money"),
    ],
)
def test_money_that_is_none_is_refused(typed, code):
    with pytest.raises(ValueError, match=f"^{code}$"):
        cells.money(typed)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("31.12.2024", "2024-12-31 00:00:00"),
        ("1.5.24 9:05", "2024-05-01 09:05:00"),
        ("2024-05-01T12:30:00", "2024-05-01 12:30:00"),
        ("2024-05-01 12:30", "2024-05-01 12:30:00"),
        ("2024-05-01T12:30:00Z", "2024-05-01 12:30:00+00:00"),
        ("2024-05-01T12:30:00+23:30", "2024-04-30 13:00:00+00:00"),
        ("01.05.2024 г.", "2024-05-01 00:00:00"),
        ("1\N{NO-BREAK SPACE}Мая\N{NO-BREAK SPACE}2024 в 9:05", "2024-05-01 09:05:00"),
        ("01-май-24", "2024-05-01 00:00:00"),
        ("2024/05/01 10:00", "2024-05-01 10:00:00"),
        ("2024.5.1", "2024-05-01 00:00:00"),
        ("45413,5", "2024-05-01 12:00:00"),
        ("1 мая 2024 г.", "2024-05-01 00:00:00"),
        ("1 May 2024, 18:00", "2024-05-01 18:00:00"),
        ("45413.5", "2024-05-01 12:00:00"),
        ("31/12/2024", "2024-12-31 00:00:00"),
    ],
)
def test_moments_are_read_as_people_write_them(typed, stored):
    assert cells.moment(typed)[1] == stored


@pytest.mark.parametrize(
    "typed",
    [
        "31.02.2024",
        "вчера",
        "2024-13-01",
        "99999999",
        "12:30",
        "01.05.2024 25:00",
        "٣",
        "1990",
        "0001-01-01T00:00+05:00",
    ],
)
def test_moments_that_are_none_are_refused(typed):
    with pytest.raises(ValueError, match=r"^not_date$"):
        cells.moment(typed)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.from_regex(RUSSIAN_MOBILE, fullmatch=True), st.from_regex(r"[+78(]{0,2}9?[-0-9 ()]{0,14}")))
def test_phones_are_what_the_rule_makes_of_them(typed):
    assert _answer(lambda: phone_of(typed, "RU")) == _answer(lambda: normalised_phone(typed, "RU"))


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.from_regex(USUAL_EMAIL, fullmatch=True), st.emails()))
def test_emails_are_what_the_rule_makes_of_them(typed):
    assert _answer(lambda: email_of(typed)) == _answer(lambda: normalised_email(typed))


def _answer(reading):
    try:
        return reading()
    except ValueError:
        return None


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=6))
def test_any_row_is_read_or_refused_in_words(row):
    places, problems = reader(LAYOUT)(row)

    assert problems or all("\t" not in place and "\n" not in place for place in places)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("01.06.2026 23:59", None),
        ("02.06.2026", "in_the_future"),
        ("2026-06-01T22:00:00Z", "in_the_future"),
        ("2026-06-02T00:30:00+06:00", None),
        ("9999-12-31T23:59:00Z", "in_the_future"),
        ("31.12.1969", "too_old"),
    ],
)
def test_purchases_of_days_to_come_are_refused(typed, problem):
    _places, problems = reader(LAYOUT)(["1", typed, "5", "a@b.ru"])

    assert [found.code for found in problems] == ([problem] if problem else [])


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("number", "7,91612E+14", "cut_number"),
        ("external_id", "4E+15", "cut_number"),
        ("phone", "7,91612E+10", "cut_number"),
        ("card", "4000\N{NO-BREAK SPACE}0001-a", "40000001A"),
        ("card", "000123", "000123"),
        ("external_id", "7\N{ZERO WIDTH SPACE}", "7"),
        ("external_id", "\N{ZERO WIDTH SPACE}", "required"),
        ("external_id", "и\N{COMBINING BREVE}", "й"),
        ("external_id", "'-5", "-5"),
        ("first_name", "Анна \r\n Мария", "Анна Мария"),
        ("first_name", "Анна\n2;3", "characters"),
        ("external_id", "1\n2", "characters"),
        ("phone", "'+7 (916) 123-45-67", "+79161234567"),
    ],
)
def test_cells_are_stored_as_they_were_meant_or_refused(field, typed, stored):
    layout = Layout("purchases", {field: 0}, date(2026, 6, 1))

    places, problems = reader(layout)([typed])

    refused = {problem.field: problem.code for problem in problems}
    assert refused.get(field, values(places, layout.columns)[field]) == stored


def test_row_is_shown_as_it_will_be_stored():
    places, problems = reader(LAYOUT)(["A\\1", "31.12.2025", "5", "A@B.ru"])

    assert (values(places, LAYOUT.columns), problems) == (
        {
            "number": "A\\1",
            "paid_at": "2025-12-31 00:00:00 Europe/Moscow",
            "goods_amount": "5",
            "email": "a@b.ru",
        },
        [],
    )


def test_columns_are_guessed_in_both_languages():
    assert guessed("purchases", ["Order ID", "Paid at", "Total", "E-mail", "Телефон клиента", "x"]) == {
        "number": 0,
        "paid_at": 1,
        "goods_amount": 2,
        "email": 3,
        "phone": 4,
    }
    assert guessed("purchases", ["Клиент", "Код клиента"]) == {"external_id": 1}
    assert guessed("customers", ["Имя", "Имя", "День рождения"]) == {"first_name": 0, "birthday": 2}


def test_faults_of_a_choice_are_named():
    assert faults("purchases", {"number": 0, "paid_at": 0, "nonsense": 1, "email": 9}, 3) == {
        "nonsense": "unknown",
        "email": "unknown",
        "paid_at": "twice",
        "goods_amount": "required",
    }
    assert faults("customers", {"first_name": 0}, 1) == {"contact": "required"}


def test_delimiter_is_the_one_that_parts_evenly():
    assert delimiter_of("a;b;c\n1,5;2;3\n") == ";"
    assert delimiter_of("a,b\n1,2\n") == ","
    assert delimiter_of("a\tb\n1,5\t2\n") == "\t"
    assert delimiter_of('Отчёт\n"а\nб",в\n1,2\n3,4\n') == ","
    assert delimiter_of("Номер;Сумма, руб\n1;5,50\n2;6,50\n") == ";"


def test_titles_are_told_from_headings_and_from_data():
    assert row_of_titles([["Продажи"], ["", ""], ["Номер", "Дата"], ["1", "2024-01-01"]]) == 2
    assert row_of_titles([["x", "y"], ["заказ", "1"]]) == 0
    assert row_of_titles([["A-1", "01.06.2024"], ["A-2", "02.06.2024"]]) is None
    assert row_of_titles([["a@example.ru", "x"]]) is None
    assert row_of_titles([["email", "2024"]]) == 0
