"""The account's points: balance, what waits, what expires, the history with its filters."""

from datetime import timedelta

import pytest

from customers.models import Customer
from tests.factories import NOW, CustomerFactory, UserFactory
from tests.points.rows import adjust, day, earn, give_back, spend, take_back
from tests.shop.conftest import Visitor, text, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    user = UserFactory(email="member@shop.test")
    return CustomerFactory(user=user, email=user.email, first_name="Покупатель")


@pytest.fixture
def member(visitor: Visitor, customer: Customer) -> Visitor:
    visitor.client.force_login(customer.user)
    return visitor


def ledger(page) -> list[str]:
    """The rows of the history, in words."""
    part = text(page).split('<ol class="ledger panel">')
    return [words(Part(row)) for row in part[1].split("</ol>")[0].split("<li>")[1:]] if len(part) > 1 else []


class Part:
    """A piece of a page, to be read like a page."""

    def __init__(self, html: str) -> None:
        self.content = html.encode()


def test_overview_shows_balance_and_what_it_is_worth(member, customer):
    earn(customer, 1240, "earn:order:1")
    page = words(member.get("/account/"))
    assert "Можно потратить 1 240 баллов Это 1 240 ₽ скидки на покупки" in page
    assert "сгор" not in page.lower()
    assert "долг" not in page.lower()


def test_overview_tells_what_waits_and_from_when(member, customer):
    earn(customer, 100, "earn:order:1", available_from=day(14))
    assert "Можно потратить 0 баллов Ещё 100 баллов ожидают: потратить их можно с 24 июня 2026" in words(
        member.get("/account/")
    )


@pytest.mark.parametrize(
    ("amount", "told"),
    [(1, "сгорит 1 балл"), (2, "сгорят 2 балла"), (11, "сгорят 11 баллов"), (21, "сгорит 21 балл")],
)
def test_overview_warns_of_points_that_expire_by_their_last_day(member, customer, amount, told):
    earn(customer, amount, "earn:order:1", expires_at=(NOW + timedelta(days=8)).replace(hour=21, minute=0))
    assert f"18 июня 2026 {told}" in words(member.get("/account/"))


def test_overview_explains_a_debt(member, customer):
    earn(customer, 100, "earn:order:1")
    spend(customer, 100, "order:2")
    take_back("earn:order:1", 100, "take_back:refund:1")
    assert "Ваш долг — 100 баллов: товар возвращён" in words(member.get("/account/"))


def test_overview_of_a_newcomer_names_the_first_gift(member):
    page = words(member.get("/account/"))
    assert "Можно потратить 0 баллов" in page
    assert "За первую покупку начислим 300 баллов." in page


def test_history_tells_each_movement_with_the_balance_after_it(member, customer):
    earn(customer, 100, "earn:order:1", order_ref="order:1", now=day(-3), available_from=day(-3))
    earn(customer, 50, "demo:gift", kind="holiday", reason="С Новым годом!", now=day(-2), available_from=day(-2))
    spend(customer, 120, "order:2", now=day(-1))
    adjust(customer, -10, reason="ошибка кассы")
    assert ledger(member.get("/account/points/")) == [
        (
            "Списано магазином ошибка кассы 10 июня 2026, 12:00 из сгорающих 10 июня 2027 −10"
            " Остаток после операции: 20 баллов"
        ),
        ("Оплата заказа 9 июня 2026, 12:00 Заказ № 2 из сгорающих 10 июня 2027 −120 Остаток после операции: 30 баллов"),
        (
            "Подарок к празднику С Новым годом! 8 июня 2026, 12:00 сгорят 10 июня 2027 +50"
            " Остаток после операции: 150 баллов"
        ),
        ("Кешбэк за покупку 7 июня 2026, 12:00 Заказ № 1 сгорят 10 июня 2027 +100 Остаток после операции: 100 баллов"),
    ]


def test_points_from_lots_with_different_ends_are_told_apart(member, customer):
    earn(customer, 100, "earn:order:1", expires_at=day(40))
    earn(customer, 50, "earn:order:2", expires_at=day(60))
    spend(customer, 120, "order:2")
    row = ledger(member.get("/account/points/"))[0]
    assert "100 баллов: из сгорающих 20 июля 2026 20 баллов: из сгорающих 9 августа 2026 −120" in row


def test_ends_far_away_are_folded(member, customer):
    for number in range(9):
        earn(customer, 1, f"earn:order:{number}", expires_at=day(40 + number))
    assert "27 июля 2026 1 балл Позже 28 июля 2026 1 балл" in words(member.get("/account/points/"))


def test_history_leads_to_the_order(member, customer):
    earn(customer, 100, "earn:order:7", order_ref="order:7")
    assert 'href="/orders/7/"' in text(member.get("/account/points/"))


def test_debt_that_new_points_pay_is_seen_in_the_balance_alone(member, customer):
    earn(customer, 100, "earn:order:1")
    spend(customer, 100, "order:2")
    take_back("earn:order:1", 100, "take_back:refund:1")
    earn(customer, 150, "earn:order:3")
    rows = ledger(member.get("/account/points/"))
    assert [row.split("Остаток после операции: ")[1] for row in rows] == [
        "50 баллов",
        "−100 баллов",
        "0 баллов",
        "100 баллов",
    ]


def test_filters_live_in_the_address_and_keep_running_balances(member, customer):
    earn(customer, 100, "earn:order:1", now=day(-60), available_from=day(-60))
    spend(customer, 30, "order:2", now=day(-40))
    give_back("order:2", 30, "return:order:2", now=day(-2))
    page = member.get("/account/points/", kind="spent", period="30")
    assert len(ledger(page)) == 1
    assert ledger(page)[0].startswith("Вернулись из заказа")
    assert ledger(page)[0].endswith("+30 Остаток после операции: 100 баллов")
    assert 'href="?kind=spent" ' not in text(page)
    assert 'href="?kind=spent&amp;period=30" aria-current="true"' in text(page)
    assert [row.split()[0] for row in ledger(member.get("/account/points/", kind="earned"))] == ["Кешбэк"]


@pytest.mark.parametrize("query", [{"kind": "debt"}, {"period": "-1"}, {"page": "999"}, {"kind": "\0"}])
def test_senseless_filters_are_none(member, customer, query):
    earn(customer, 100, "earn:order:1")
    assert len(ledger(member.get("/account/points/", **query))) == 1


def test_nothing_found_and_nothing_there_are_told_apart(member, customer):
    assert "Баллов пока нет." in words(member.get("/account/points/"))
    earn(customer, 100, "earn:order:1")
    page = words(member.get("/account/points/", kind="expired"))
    assert "За это время ничего такого не было." in page
    assert "Показать всё" in page


def test_pages_keep_the_filter(member, customer):
    for number in range(21):
        earn(customer, 1, f"earn:order:{number}")
    page = member.get("/account/points/", kind="earned")
    assert len(ledger(page)) == 20
    assert 'href="?kind=earned&amp;page=2"' in text(page)
    assert len(ledger(member.get("/account/points/", kind="earned", page=2))) == 1


def test_calendar_sums_up_what_expires_on_the_same_day(member, customer):
    earn(customer, 100, "earn:order:1", expires_at=day(40))
    earn(customer, 50, "earn:order:2", expires_at=day(40))
    earn(customer, 7, "earn:order:3", available_from=day(10), expires_at=day(400))
    page = words(member.get("/account/points/"))
    assert "Что и когда сгорит 20 июля 2026 150 баллов 15 июля 2027 7 баллов" in page
    assert "Ожидают с 20 июня 2026 7 баллов" in page


def test_points_of_others_are_not_shown(member):
    earn(CustomerFactory(), 100, "earn:order:1")
    assert "Баллов пока нет." in words(member.get("/account/points/"))


def test_account_without_a_customers_card_says_how_to_get_one(client):
    client.force_login(UserFactory(email="unconfirmed@shop.test"))
    for path in ("/account/", "/account/points/"):
        assert "Подтвердите электронную почту" in words(client.get(path))


def test_stranger_is_asked_to_sign_in(client):
    assert client.get("/account/points/")["Location"] == "/accounts/login/?next=/account/points/"


@pytest.mark.parametrize("count", [1, 3])
def test_history_asks_the_same_whatever_its_length(member, customer, django_assert_num_queries, count):
    for number in range(count):
        earn(customer, 10, f"earn:order:{number}", order_ref=f"order:{number}")
    with django_assert_num_queries(8):
        member.get("/account/points/")
