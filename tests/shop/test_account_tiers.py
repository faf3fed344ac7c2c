"""The account's tier: badge, perks, the way up, lapsing, membership, history, cards."""

import html
from datetime import timedelta

import pytest

from customers.models import Customer
from loyalty_site.kernel.transactions import in_transaction
from tests.factories import CardFactory, CustomerFactory, MembershipPlanFactory, ProductFactory, UserFactory
from tests.shop.conftest import Visitor, text, words
from tests.tiers.rows import buy, day, pay, review
from tiers.models import Ladder
from tiers.services import issue_card, start_memberships

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    user = UserFactory(email="member@shop.test")
    return CustomerFactory(user=user, email=user.email, registered_at=day(-10))


@pytest.fixture
def member(visitor: Visitor, customer: Customer) -> Visitor:
    visitor.client.force_login(customer.user)
    return visitor


def club(customer: Customer, sku: str = "CLUB") -> None:
    lines = [(sku, 1, 990)]
    in_transaction(lambda: start_memberships(customer_id=customer.pk, lines=lines, order_ref="order:5", now=day(0)))


def test_newcomer_sees_the_first_tier_and_the_way_to_the_next(member):
    for path in ("/account/", "/account/tiers/"):
        page = words(member.get(path))
        assert "Ваш уровень Стандарт кешбэк 10 %" in page
        assert "Ещё 15 000 ₽ до уровня «Серебро»" in page
        assert "Он даст: кешбэк 12 %, скидка 3 %." in page


def test_progress_is_told_in_numbers_too(member, customer):
    pay(customer, 11_800)
    page = text(member.get("/account/tiers/"))
    assert '<progress class="way" max="15000" value="11800" aria-labelledby="way-text">' in page
    assert "Ещё 3 200 ₽ до уровня «Серебро»" in words(member.get("/account/tiers/"))


@pytest.mark.parametrize(("made", "told"), [(4, "Ещё 1 заказ"), (3, "Ещё 2 заказа"), (0, "Ещё 5 заказов")])
def test_way_is_told_in_orders_where_orders_count(member, customer, made, told):
    Ladder.objects.update(basis="orders")
    for _ in range(made):
        pay(customer, 100)
    page = words(member.get("/account/tiers/"))
    assert f"{told} до уровня «Серебро»" in page
    assert "от 15 заказов" in page
    assert "Считаются оплаченные заказы за последние 365 дней" in page


def test_who_deserves_more_before_the_review_is_told_of_that_tier(member, customer):
    """An import does not lift at once: neither “0 ₽ more”, nor the tier that he passes by."""
    buy(customer, 60_000)
    for path in ("/account/", "/account/tiers/"):
        page = words(member.get(path))
        assert "Уровень «Золото» достигнут" in page
        assert "Ещё 0 ₽" not in page


def test_top_of_the_ladder_has_no_way(member, customer):
    pay(customer, 150_000)
    page = words(member.get("/account/"))
    assert "Это самый высокий уровень." in page
    assert "персональный менеджер" in page
    assert "до уровня" not in page


def test_who_is_about_to_go_down_learns_when_where_to_and_how_to_stay(member, customer):
    pay(customer, 60_000, on=-370)
    pay(customer, 20_000, on=-1)
    review()
    assert (
        "Уровень «Золото» действует до 10 июля 2026, затем будет «Серебро». Чтобы сохранить его, не хватает: 30 000 ₽."
        in words(member.get("/account/"))
    )


def test_ladder_is_compared_and_the_own_rung_marked(member, customer):
    pay(customer, 16_000)
    page = member.get("/account/tiers/")
    seen = words(page)
    assert "Серебро вы здесь от 15 000 ₽ кешбэк 12 % скидка 3 %" in seen
    assert "Золото от 50 000 ₽ кешбэк 15 % скидка 5 % бесплатная доставка" in seen
    assert "Стандарт с первого дня кешбэк 10 %" in seen
    assert text(page).count('class="rung" aria-current="true"') == 1


def test_history_names_cause_date_and_order(member, customer):
    assert "Как менялся ваш уровень Стандарт с 31 мая 2026" in words(member.get("/account/tiers/"))
    pay(customer, 16_000)
    seen = words(member.get("/account/tiers/"))
    assert "Серебро" in seen.split("Как менялся ваш уровень")[1]
    assert "10 июня 2026" in seen.split("Как менялся ваш уровень")[1]


def test_membership_lies_over_the_tier(member, customer):
    MembershipPlanFactory(sku="CLUB", name="Клуб на месяц")
    club(customer)
    seen = words(member.get("/account/tiers/"))
    assert "Ваш уровень Золото" in seen
    assert "Этот уровень даёт подписка по 10 июля 2026 включительно. По покупкам у вас уровень «Стандарт»." in seen
    assert "Стандарт по покупкам с первого дня" in seen
    assert "Золото по подписке от 50 000 ₽" in seen
    assert "Клуб на месяц" in seen.split("Мои подписки")[1]
    assert "действует" in seen.split("Мои подписки")[1]
    assert "Ещё 15 000 ₽ до уровня «Серебро»" in seen


def test_membership_below_the_earned_tier_only_says_its_term(member, customer):
    MembershipPlanFactory(sku="CLUB", name="Клуб на месяц")
    club(customer)
    pay(customer, 60_000)
    seen = words(member.get("/account/tiers/"))
    assert "Подписка: уровень «Золото» по 10 июля 2026 включительно." in seen
    assert "По покупкам у вас уровень" not in seen


def test_plans_on_sale_are_put_into_the_basket(member):
    MembershipPlanFactory(sku="CLUB", name="Клуб на год", months=12)
    MembershipPlanFactory(sku="NOWHERE", name="Без товара")
    MembershipPlanFactory(sku="OFF", name="Снят", is_active=False)
    ProductFactory(sku="CLUB", name="Клуб на год", price=2990)
    ProductFactory(sku="OFF", name="Снят", price=1)
    page = member.get("/account/tiers/")
    assert "Клуб на год Уровень «Золото» на 12 месяцев кешбэк 15 %" in words(page)
    assert "2 990 ₽" in words(page)
    assert "Без товара" not in words(page)
    assert "Снят" not in words(page)
    answer = member.client.post("/basket/lines/", {"sku": "CLUB", "next": "/basket/"})
    assert answer["Location"] == "/basket/"
    assert "Клуб на год" in words(member.get("/basket/"))


def test_card_is_shown_in_figures_and_as_a_code(member, customer):
    assert "Карта появится после первого оплаченного заказа." in words(member.get("/account/card/"))
    card = in_transaction(lambda: issue_card(customer_id=customer.pk, now=day(0)))
    CardFactory(customer=customer, number="1234567890", percent=7)
    CardFactory(customer=customer, number="BLOCKED1", blocked_at=day(0))
    CardFactory(number="STRANGER1")
    seen, page = words(member.get("/account/card/")), html.unescape(text(member.get("/account/card/")))
    grouped = " ".join(card.number[start : start + 4] for start in range(0, 16, 4))
    assert grouped in seen
    assert "1234 5678 90 скидка 7 %" in seen
    assert "BLOC" not in seen
    assert "STRA" not in seen
    assert page.count('class="qr"') == 2
    assert grouped in words(member.get("/account/"))


def test_account_without_a_customers_card_says_how_to_get_one(client):
    client.force_login(UserFactory(email="unconfirmed@shop.test"))
    for path in ("/account/tiers/", "/account/card/", "/account/codes/"):
        assert "Подтвердите электронную почту" in words(client.get(path))


@pytest.mark.parametrize("path", ["/account/tiers/", "/account/card/", "/account/codes/"])
def test_strangers_are_asked_to_sign_in(client, path):
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("count", [1, 3])
def test_tiers_page_asks_the_same_whatever_the_history(member, customer, django_assert_num_queries, count):
    for number in range(count):
        pay(customer, 16_000 + 40_000 * number, on=number - 5)
        MembershipPlanFactory(sku=f"CLUB{number}", months=1)
        ProductFactory(sku=f"CLUB{number}")
        CardFactory(customer=customer)
    with django_assert_num_queries(14):
        member.get("/account/tiers/")


@pytest.mark.parametrize("count", [1, 3])
def test_overview_asks_the_same_whatever_there_is(member, customer, django_assert_num_queries, count):
    for number in range(count):
        pay(customer, 100, on=-number)
        CardFactory(customer=customer)
    with django_assert_num_queries(23):
        member.get("/account/")


def test_membership_that_is_over_is_listed_as_over(member, customer):
    MembershipPlanFactory(sku="CLUB", name="Клуб")
    in_transaction(
        lambda: start_memberships(
            customer_id=customer.pk,
            lines=[("CLUB", 1, 990)],
            order_ref="order:5",
            now=day(0) - timedelta(days=60),
        )
    )
    seen = words(member.get("/account/tiers/"))
    assert "закончилась" in seen.split("Мои подписки")[1]
    assert "Подписка: уровень" not in seen
