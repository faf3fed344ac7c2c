"""The page of invitations: the link and its ways out, the promise, friends in every state, news, settings (R-1)."""

import html
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from referrals.models import Referral, Referrer
from referrals.queries import link_of
from tests.factories import (
    NOW,
    AmbassadorFactory,
    CustomerFactory,
    ProgrammeFactory,
    PromoCodeFactory,
    ReferralFactory,
    RewardFactory,
    UserFactory,
    VisitFactory,
)
from tests.shop.conftest import Visitor, text, words

pytestmark = pytest.mark.django_db
PAGE = "/account/referrals/"
EARLIER = NOW - timedelta(days=20)
WHEN = "регистрация 21 мая 2026 · первый заказ 21 мая 2026"
AFTER = "после оплаты первого заказа, если его не вернут, вы получаете"
JOIN = "Регистрируйтесь в магазине «Комод» по моей ссылке"


@pytest.fixture
def customer() -> Customer:
    user = UserFactory(email="member@shop.test")
    return CustomerFactory(user=user, email=user.email, first_name="Покупатель")


@pytest.fixture
def member(visitor: Visitor, customer: Customer) -> Visitor:
    visitor.client.force_login(customer.user)
    return visitor


def friend(customer: Customer, *, bought: bool = True, first: str = "Анна", last: str = "К", **given: Any) -> Referral:
    order = {"first_order_ref": "order:1042", "first_ordered_at": EARLIER} if bought else {}
    newcomer = CustomerFactory(first_name=first, last_name=last)
    return ReferralFactory(**{"referrer": customer, "newcomer": newcomer, "registered_at": EARLIER, **order, **given})


def reward(customer: Customer, **given: Any) -> Any:
    """Earned twenty days ago; what was paid was paid yesterday."""
    paid = {"paid_at": NOW - timedelta(days=1)} if given.get("status") in {"paid", "taken_back"} else {}
    return RewardFactory(**{"referral": friend(customer), "qualified_at": EARLIER, **paid, **given})


def seen(member: Visitor, path: str = PAGE) -> str:
    return words(member.get(path))


def friends_seen(member: Visitor, path: str = PAGE) -> str:
    return seen(member, path).partition("Ваши друзья")[2].partition("QR-код, чтобы показать")[0]


def plain(said: str) -> str:
    return said.replace("\xa0", " ")


def hrefs(page: Any) -> list[str]:
    return [html.unescape(found) for found in re.findall(r'href="([^"]+)"', text(page))]


def test_link_is_there_from_the_first_day(member, customer):
    link, page = link_of(customer.pk), member.get(PAGE)
    assert f'value="{link.url}" readonly' in text(page)
    assert f'data-copy="{link.url}" data-copied="Скопировано"' in text(page)
    assert f'data-share="{link.url}?via=share"' in text(page)
    assert Referrer.objects.count() == 0


def test_messages_go_out_as_plain_links_that_say_where_they_went(member, customer):
    page, link = member.get(PAGE), link_of(customer.pk).url
    out = {urlsplit(url).netloc: parse_qs(urlsplit(url).query) for url in hrefs(page) if url.startswith("https://")}
    said = "Рекомендую магазин «Комод»: 10 % с каждой покупки возвращается баллами."
    plain = {
        host: {name: value.replace("\xa0", " ") for name, (value,) in asked.items()} for host, asked in out.items()
    }
    assert plain == {
        "t.me": {"url": f"{link}?via=telegram", "text": said},
        "wa.me": {"text": f"{said} {link}?via=whatsapp"},
        "vk.com": {"url": f"{link}?via=vk", "title": said},
    }
    assert [url for url in hrefs(page) if url.startswith("https://") and "+" in url] == []
    anchors = re.findall(r'<a [^>]*href="https://[^>]*>', text(page))
    assert all('rel="noopener noreferrer" referrerpolicy="no-referrer"' in anchor for anchor in anchors)


@pytest.mark.parametrize(
    ("programme", "told"),
    [
        ({}, "Друг регистрируется по ней и делает первый заказ."),
        ({}, f"Через 14 дней {AFTER} 300 баллов."),
        ({"referral_hold_days": 1, "referrer_reward": 1}, f"Через 1 день {AFTER} 1 балл."),
        ({"referral_hold_days": 2, "referrer_reward": 2}, f"Через 2 дня {AFTER} 2 балла."),
        ({"referral_hold_days": 5, "referrer_reward": 5}, f"Через 5 дней {AFTER} 5 баллов."),
        ({"referral_hold_days": 11, "referrer_reward": 11}, f"Через 11 дней {AFTER} 11 баллов."),
        ({"referral_hold_days": 21, "referrer_reward": 21}, f"Через 21 день {AFTER} 21 балл."),
        ({"referral_hold_days": 11, "referral_minimum_order": 1000},
         "Через 11 дней после оплаты первого заказа от 1 000 ₽, если его не вернут, вы получаете 300 баллов."),
        ({"referral_hold_days": 0}, "Вы получаете 300 баллов, когда друг оплатит первый заказ."),
        ({"referral_hold_days": 0, "referral_minimum_order": 1000, "referrer_reward_kind": "fixed_code",
          "referrer_reward": 500}, "Вы получаете промокод на 500 ₽, когда друг оплатит первый заказ от 1 000 ₽."),
        ({"referee_reward": 200}, "Друг регистрируется по ней и сразу получает 200 баллов."),
        ({"referee_reward": 200, "referee_reward_at": "first_order"},
         "Друг регистрируется по ней и после первого заказа получает 200 баллов."),
        ({"referrer_reward": 0}, "В списке ниже видно, как далеко зашёл каждый друг."),
    ],
)  # fmt: skip
def test_steps_promise_what_the_programme_gives_now(member, programme: dict[str, Any], told: str):
    ProgrammeFactory(**programme)
    assert told in seen(member)


@pytest.mark.parametrize(
    ("programme", "message"),
    [
        ({"referee_reward": 200}, f"{JOIN} и сразу получите 200 баллов."),
        ({"referee_reward": 200, "referee_reward_at": "first_order"},
         f"{JOIN} и получите 200 баллов после первого заказа."),
        ({"base_earn_percent": 0}, "Рекомендую магазин «Комод», загляните."),
    ],
)  # fmt: skip
def test_message_names_what_the_friend_gets(member, programme: dict[str, Any], message: str):
    ProgrammeFactory(**programme)
    assert f"Текст сообщения: {message}" in seen(member)


def test_empty_page_has_one_thing_to_do(member):
    assert "По вашей ссылке пока никто не приходил." in friends_seen(member)
    assert "Отправить ссылку через Telegram" in friends_seen(member)
    assert "Приглашения в цифрах" not in text(member.get(PAGE))


def test_visitor_and_newcomers_without_a_reward(member, customer):
    VisitFactory(referrer=customer, visited_at=NOW - timedelta(days=1), via="qr")
    friend(customer, bought=False)
    friend(customer, first="", last="")
    shown = friends_seen(member)
    assert "Гость переход по ссылке переход 9 июня 2026 · по QR-коду" in shown
    assert "Анна К. регистрация регистрация 21 мая 2026" in shown
    friend(customer, first="Ольга", via="telegram")
    assert "регистрация 21 мая 2026 · через Telegram · первый заказ" in plain(friends_seen(member))
    assert "Друг первый заказ регистрация 21 мая 2026 · первый заказ 21 мая 2026" in shown


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"qualified_at": NOW},
         f"ждёт {WHEN} Награда ждёт до 24 июня 2026: если заказ не вернут, вы получите 300 баллов."),
        ({"kind": "fixed_code", "amount": 500}, "Скоро начислим: промокод на 500 ₽."),
        ({"status": "held"}, f"на проверке {WHEN} Мы проверяем это приглашение. От вас ничего не требуется."),
        ({"status": "cancelled"}, f"возврат {WHEN} Был возврат. Награду может принести следующий заказ."),
        ({"status": "rejected"}, f"без награды {WHEN} За это приглашение награда не начисляется."),
        ({"status": "paid"}, f"начислено {WHEN} +300 баллов"),
        ({"status": "paid", "taken_back_amount": 100}, "+200 баллов отозвано после возврата: 100 баллов"),
        ({"status": "taken_back", "taken_back_amount": 300},
         "Заказ вернули, когда награда уже была начислена. отозвано после возврата: 300 баллов"),
        ({"status": "paid", "kind": "money", "amount": Decimal("150.50")}, "+150,50 ₽"),
    ],
)  # fmt: skip
def test_state_is_told_without_reasons(member, customer, given: dict[str, Any], told: str):
    reward(customer, **given)
    shown = friends_seen(member)
    assert told in shown
    assert "1042" not in shown


@pytest.mark.parametrize(
    ("given", "told", "can_copy"),
    [
        ({}, "по 1 июля 2026 включительно", True),
        ({"uses": 1, "max_uses": 1}, "использован", False),
        ({"switch": False}, "отозван после возврата", False),
        ({"terms__ends_at": NOW}, "истёк", False),
    ],
)
def test_earned_code_is_shown_with_what_became_of_it(member, customer, given: dict[str, Any], told: str, can_copy):
    code = PromoCodeFactory(customer=customer, code="K7XQ4M9TWD", **given)
    reward(customer, status="paid", kind="fixed_code", amount=500, promo_code=code)
    page = member.get(PAGE)
    assert f"Промокод на 500 ₽ K7XQ4M9TWD {told}" in words(page)
    assert ('data-copy="K7XQ4M9TWD"' in text(page)) is can_copy


def test_many_rewards_of_one_friend_are_cut_short(member, customer):
    referral = friend(customer)
    for number in range(5):
        reward(customer, referral=referral, is_single=False, status="paid", amount=100 + number,
               qualified_at=EARLIER + timedelta(hours=number))  # fmt: skip
    assert "+104 балла +103 балла +102 балла и ещё 2 награды" in friends_seen(member)


def test_chips_count_and_filter(member, customer):
    VisitFactory(referrer=customer, visited_at=NOW)
    friend(customer, bought=False, first="Борис")
    reward(customer)
    reward(customer, status="held")
    shown = friends_seen(member)
    assert "Все 4 Перешли по ссылке 1 Зарегистрировались 1 Ждут 2 " in shown
    assert "Без награды" not in shown
    registered = friends_seen(member, f"{PAGE}?state=registered")
    assert ("Борис" in registered, "Анна" in registered) == (True, False)
    assert "Таких друзей нет. Показать всех" in friends_seen(member, f"{PAGE}?state=paid")
    assert friends_seen(member, f"{PAGE}?state=nonsense&page=x") == shown


def test_hundreds_of_friends_are_turned_in_pages(member, customer):
    names = [f"Имя-{first}{second}" for first in "абвгд" for second in "абвгдежзик"]
    for number in range(41):
        friend(customer, bought=False, first=names[number], registered_at=NOW - timedelta(hours=number))
    assert "Страница 1 из 3" in friends_seen(member)
    last = friends_seen(member, f"{PAGE}?state=registered&page=3")
    assert (names[40] in last, names[39] in last) == (True, False)
    assert "?state=registered&amp;page=2" in text(member.get(f"{PAGE}?state=registered&page=3"))


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_same_for_any_number_of_friends(member, customer, count: int):
    for number in range(count):
        code = PromoCodeFactory(customer=customer)
        reward(
            customer, status="paid", kind="fixed_code", promo_code=code, referral=friend(customer, first=f"А{number}")
        )
    member.get(PAGE)
    with CaptureQueriesContext(connection) as asked:
        member.get(PAGE)
    assert len(asked) == QUERIES


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (1, "Зарегистрировался 1 друг"),
        (2, "Зарегистрировались 2 друга"),
        (5, "Зарегистрировались 5 друзей"),
        (11, "Зарегистрировались 11 друзей"),
        (21, "Зарегистрировался 21 друг"),
    ],
)
def test_overview_invites_and_counts(member, customer, count: int, told: str):
    for _ in range(count):
        friend(customer, bought=False)
    page = member.get("/account/")
    assert "Пригласите друга и получите 300 баллов." in words(page)
    assert told in words(page)
    assert link_of(customer.pk).url in text(page)


def test_news_are_told_until_they_were_seen(member, customer):
    reward(customer, status="paid")
    nameless = friend(customer, first="", last="")
    reward(customer, status="paid", kind="money", amount=150, referral=nameless, paid_at=NOW - timedelta(hours=2))
    code = PromoCodeFactory(customer=customer, code="K7XQ4M9TWD")
    reward(customer, status="paid", kind="percent_code", amount=10, promo_code=code, paid_at=NOW - timedelta(hours=1))
    reward(CustomerFactory(), status="paid", role="newcomer", payee=customer, amount=200)
    for path in ("/account/", PAGE):
        page = seen(member, path)
        assert "Промокод K7XQ4M9TWD на скидку 10 % за друга: Анна К." in page
        assert "+150 ₽ за друга" in page
        assert "+200 баллов за регистрацию по приглашению" in page
        assert "+300 баллов за друга: Анна К. Понятно" in page
    until = re.search(r'name="until" value="([^"]+)"', text(member.get("/account/")))[1]
    reward(customer, status="paid", amount=77, paid_at=NOW - timedelta(minutes=1))
    answer = member.client.post("/account/referrals/seen/", {"until": html.unescape(until), "from": "overview"})
    assert answer["Location"] == "/account/"
    page = seen(member, "/account/")
    assert "+77 баллов за друга: Анна К. Понятно" in page
    assert "+300 баллов" not in page


@pytest.mark.parametrize("until", ["", "nonsense", "2026-06-10", "9999-12-31T00:00:00+00:00", "2026-13-45T00:00:00Z"])
def test_seen_without_a_sound_moment_is_seen_until_now(member, customer, until: str):
    assert member.client.post("/account/referrals/seen/", {"until": until})["Location"] == PAGE
    assert Referrer.objects.get().seen_at == NOW


def test_news_beyond_five_are_counted(member, customer):
    for _ in range(7):
        reward(customer, status="paid")
    assert "и ещё 2 награды Понятно" in seen(member, "/account/")


def test_name_is_shown_to_friends_only_when_told_so(member, customer):
    assert "На странице по ссылке не видно, кто приглашает." in seen(member)
    for value, told in (("yes", "друг увидит: «Вас приглашает Покупатель»."), ("no", "не видно, кто приглашает.")):
        answer = member.client.post("/account/referrals/name/", {"shows_name": value})
        assert answer["Location"] == PAGE
        assert told in seen(member)
        assert Referrer.objects.get().shows_name is (value == "yes")
    Customer.objects.update(first_name="")
    assert "Вы не указали имя. Указать" in seen(member)


def test_stopped_referrer_keeps_the_link_without_a_promise(member, customer):
    friend(customer)
    reward(customer, status="rejected")
    Referrer.objects.create(customer=customer, stopped_at=NOW, stop_reason="Накрутка")
    page = member.get(PAGE)
    assert "За новые приглашения награды сейчас не начисляются." in words(page)
    assert link_of(customer.pk).url in text(page)
    assert "Анна К. без награды" in words(page)
    for unsaid in ("получаете", "получите", "t.me", "Накрутка", "QR"):
        assert unsaid not in text(page)
    overview = seen(member, "/account/")
    assert "За новые приглашения награды сейчас не начисляются." in overview
    assert "Пригласите друга" not in overview


def test_ambassador_sees_the_own_code_terms_and_statement(member, customer):
    row = AmbassadorFactory(customer=customer, paid_in="money", every_order=True, period_days=180, code="KOMOD2026")
    page = member.get(PAGE)
    assert "/r/KOMOD2026" in text(page)
    assert "Награда приходит через 14 дней после оплаты заказа, если его не вернут." in words(page)
    assert "У вас свои условия" in words(page)
    assert "Пока ничего не начислено." in seen(member, f"{PAGE}statement/")
    referral = friend(customer, ambassador=row)
    given = {"referral": referral, "ambassador": row, "payee": None, "kind": "money", "amount": Decimal("150.50")}
    reward(customer, status="paid", **given)
    statement = seen(member, f"{PAGE}statement/")
    assert "Июнь 2026 150,50 ₽ Друзья 1 Заказы 1 На сумму товаров 1 000 ₽ Начислено 150,50 ₽" in statement
    file = b"".join(member.get(f"{PAGE}statement.csv").streaming_content).decode("utf-8-sig")
    assert file.splitlines() == [
        "Месяц,Чем платится,Друзья,Заказы,Товары,Начислено,Отозвано,Итого",
        "2026-06,деньги,1,1,1000.00,150.50,0.00,150.50",
    ]


@pytest.mark.parametrize("path", ["statement/", "statement.csv"])
def test_statement_is_for_ambassadors(member, path: str):
    AmbassadorFactory(customer=CustomerFactory())
    assert member.get(PAGE + path).status_code == 404


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_qr_is_a_file_of_the_own_link(member, customer, kind: str, start: bytes):
    answer = member.get(f"{PAGE}qr.{kind}")
    name = f"invitation-{link_of(customer.pk).code}.{kind}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.content.startswith(start)


def test_qr_is_shown_large(member):
    page = member.get(f"{PAGE}qr/")
    assert "Наведите камеру" in words(page)
    assert 'class="qr qr-large"' in text(page)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("get", "qr/"),
        ("get", "qr.svg"),
        ("get", "statement/"),
        ("get", "statement.csv"),
        ("post", "name/"),
        ("post", "seen/"),
    ],
)
def test_guest_is_asked_to_sign_in(visitor, method: str, path: str):
    answer = getattr(visitor.client, method)(PAGE + path)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


def test_staff_without_a_customers_card_are_told_so(visitor):
    visitor.client.force_login(UserFactory(is_staff=True))
    for path in (PAGE, f"{PAGE}qr/"):
        assert "Это учётная запись сотрудника" in seen(visitor, path)
    assert visitor.get(f"{PAGE}qr.png").status_code == 404
    for path in ("name/", "seen/"):
        assert visitor.client.post(PAGE + path, {"shows_name": "yes"}).status_code == 302
    assert Referrer.objects.count() == 0


def test_settings_are_changed_by_forms_alone(member):
    for path in ("name/", "seen/"):
        assert member.get(PAGE + path).status_code == 405


# Session and user, customer, programme, two for the link, two for the figures, four for who invites, news, friends
# with their rewards.
QUERIES = 12
