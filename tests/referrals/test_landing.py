"""The page of a link, and what it leaves in the browser (R-1, R-2)."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from loyalty_site.kernel.limits import seconds_to_wait
from referrals.models import Referrer, Visit
from referrals.queries import link_of
from referrals.queries.remembered import VISIT_COOKIE, invitation, remembered_visit
from referrals.views.landing import VISITS_AT_ONCE, VISITS_PER_SECOND
from tests.factories import NOW, AmbassadorFactory, ProgrammeFactory
from tests.referrals.visiting import forget_limits, referrer, visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    forget_limits()
    with time_machine.travel(NOW, tick=False):
        yield


def text(page: HttpResponse) -> str:
    return page.content.decode()


def words(page: HttpResponse) -> str:
    bare = re.sub(r"<head>.*?</head>|<[^>]+>", " ", text(page), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(bare)).strip()


def left(client: Client) -> str | None:
    """The code that the browser remembers."""
    found = remembered_visit({name: morsel.value for name, morsel in client.cookies.items()}, now=NOW)
    return found.code if found else None


def test_page_says_who_invites_and_what_he_gets():
    ProgrammeFactory(referee_reward=200, referee_reward_at="registration")
    _customer, code = referrer()
    page = visit(Client(), code)
    assert page.status_code == 200
    assert "Вас приглашает Анна" in words(page)
    assert "Подарок для вас 200 баллов Сразу после регистрации." in words(page)
    assert '<a class="button button-big" href="/accounts/signup/">' in text(page)


def test_page_tells_the_terms_of_a_gift_that_comes_later():
    ProgrammeFactory(
        referee_reward=10,
        referee_reward_kind="percent_code",
        referee_reward_at="first_order",
        referral_hold_days=2,
        referral_minimum_order=1500,
        referral_code_days=21,
    )
    page = words(visit(Client(), referrer()[1]))
    assert "промокод на скидку 10 %" in page
    assert "Через 2 дня после оплаты первого заказа, если из него ничего не вернут." in page
    assert "Заказ засчитывается, если товаров в нём не меньше чем на 1 500 ₽." in page
    assert "Промокод действует 21 день." in page


def test_page_without_a_gift_says_what_everybody_gets():
    ProgrammeFactory(referee_reward=0, base_earn_percent=7, first_purchase_bonus=150)
    page = words(visit(Client(), referrer()[1]))
    assert "Подарок" not in page
    assert "Возвращаем баллами 7 % от каждой покупки" in page
    assert "150 баллов за первую покупку" in page


def test_name_is_shown_only_by_consent():
    page = visit(Client(), referrer(shows_name=False)[1])
    assert "Вас приглашает покупатель нашего магазина" in words(page)
    assert "Анна" not in text(page)


def test_name_cannot_carry_markup_or_advertisement():
    page = text(visit(Client(), referrer(first_name='"><script>x</script>')[1]))
    assert "<script>x" not in page
    assert "Вас приглашает покупатель нашего магазина" in page


def test_partner_is_named_as_staff_wrote_it():
    AmbassadorFactory(code="STUDIO24X", name="Студия «А & Б» <b>", customer=None)
    page = visit(Client(), "STUDIO24X")
    assert "Вас приглашает Студия «А &amp; Б» &lt;b&gt;" in text(page)


def test_messengers_preview_is_made_of_our_own_words():
    ProgrammeFactory(referee_reward=200)
    _customer, code = referrer()
    head = text(visit(Client(), code)).partition("</head>")[0]
    told = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', head))
    assert {name: value.replace("\N{NO-BREAK SPACE}", " ") for name, value in told.items()} == {
        "type": "website",
        "site_name": "Комод",
        "url": f"{settings.PUBLIC_URL}/r/{code}",
        "title": "Вас приглашает Анна",
        "description": "Подарок для вас: 200 баллов. Возвращаем баллами 10 % от каждой покупки.",
    }


def test_visit_is_remembered_and_written_down():
    customer, code = referrer()
    client = Client()
    answer = visit(client, code, via="telegram")
    row = Visit.objects.get()
    assert (row.code, row.referrer_id, row.ambassador_id, row.via, row.visited_at) == (
        code,
        customer.pk,
        None,
        "telegram",
        NOW,
    )
    assert (len(row.device), len(row.network)) == (40, 40)
    found = remembered_visit({VISIT_COOKIE: answer.cookies[VISIT_COOKIE].value}, now=NOW)
    assert found is not None
    assert (found.code, found.via, found.visit, found.until) == (code, "telegram", row.token, NOW + timedelta(days=30))


@pytest.mark.parametrize("secure", [False, True])
def test_cookies_are_ours_alone(settings, secure):
    settings.SESSION_COOKIE_SECURE = secure
    answer = visit(Client(), referrer()[1])
    assert {
        name: (
            cookie["max-age"],
            cookie["httponly"],
            cookie["samesite"],
            cookie["path"],
            cookie["domain"],
            bool(cookie["secure"]),
        )
        for name, cookie in answer.cookies.items()
        if name in {VISIT_COOKIE, "device"}
    } == {
        VISIT_COOKIE: (30 * 24 * 3600, True, "Lax", "/", "", secure),
        "device": (2 * 365 * 24 * 3600, True, "Lax", "/", "", secure),
    }
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert "Cookie" in answer["Vary"]


def test_days_are_the_programmes():
    ProgrammeFactory(referral_visit_days=3)
    client = Client()
    assert visit(client, referrer()[1]).cookies[VISIT_COOKIE]["max-age"] == 3 * 24 * 3600
    cookies = {VISIT_COOKIE: client.cookies[VISIT_COOKIE].value}
    assert remembered_visit(cookies, now=NOW + timedelta(days=3, seconds=-1)) is not None
    assert remembered_visit(cookies, now=NOW + timedelta(days=3)) is None


def test_nothing_personal_is_in_the_link_or_the_cookie():
    customer, code = referrer(phone="+79120000001")
    client = Client()
    visit(client, code)
    for personal in (customer.email, "Анна", "79120000001", str(customer.public_id), "198.51.100"):
        assert personal not in f"{code} {client.cookies.output()}"
    assert str(customer.pk) not in client.cookies[VISIT_COOKIE].value.split(":")


def test_last_link_wins():
    client = Client()
    first, second = referrer()[1], referrer()[1]
    visit(client, first)
    assert left(client) == first
    visit(client, second)
    assert left(client) == second


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_dest": "image", "sec_fetch_mode": "no-cors"},
        {"sec_fetch_dest": "iframe"},
        {"sec_fetch_mode": "cors"},
        {"sec_fetch_dest": "", "sec_fetch_mode": "", "accept": "image/*"},
        {"sec_purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"x_moz": "prefetch"},
        {"user_agent": "TelegramBot (like TwitterBot)"},
        {"user_agent": "WhatsApp/2.23.20.0"},
    ],
    ids=str,
)
def test_what_is_no_visit_sets_nothing(headers):
    client = Client()
    answer = visit(client, referrer()[1], **headers)
    assert {VISIT_COOKIE, "device"} & set(answer.cookies) == set()
    assert not Visit.objects.exists()


def test_preview_of_a_messenger_sees_the_page():
    assert visit(Client(), referrer()[1], user_agent="TelegramBot (like TwitterBot)").status_code == 200


def test_page_loaded_ahead_is_asked_for_again():
    assert visit(Client(), referrer()[1], sec_purpose="prefetch").status_code == 403


def test_head_sets_nothing():
    _customer, code = referrer()
    answer = Client().head(f"/r/{code}", headers={"accept": "text/html"})
    assert (answer.status_code, VISIT_COOKIE in answer.cookies, Visit.objects.count()) == (200, False, 0)
    assert Client().post(f"/r/{code}").status_code == 405


def test_one_browser_is_one_visit_a_day():
    client, code = Client(), referrer()[1]
    for _time in range(3):
        visit(client, code, via="vk")
    assert Visit.objects.count() == 1
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        visit(client, code)
    visit(Client(), code)
    assert list(Visit.objects.order_by("pk").values_list("via", flat=True)) == ["vk", "link", "link"]


def test_unknown_channel_is_a_plain_link():
    _customer, code = referrer()
    for via in ("api", "nonsense", "%00", "telegram%20"):
        visit(Client(), code, via=via)
    assert set(Visit.objects.values_list("via", flat=True)) == {"link"}


def test_flood_from_one_network_writes_no_rows_and_is_remembered_all_the_same():
    _customer, code = referrer()
    for _earlier in range(VISITS_AT_ONCE - 2):
        seconds_to_wait("referral_visits:198.51.100.0/24", per_second=VISITS_PER_SECOND, burst=VISITS_AT_ONCE)
    for _browser in range(5):
        client = Client()
        visit(client, code)
    assert Visit.objects.count() == 2
    assert left(client) == code


def test_customer_who_is_signed_in_is_told_it_is_for_newcomers():
    _customer, code = referrer()
    known, own = referrer()
    client = Client()
    client.force_login(known.user)
    page = visit(client, code)
    assert "Вы уже с нами" in words(page)
    assert 'href="/account/referrals/"' in text(page)
    assert "Это ваша ссылка" in words(visit(client, own))
    assert (left(client), Visit.objects.count()) == (None, 0)


def test_link_of_who_was_stopped_promises_nothing():
    ProgrammeFactory(referee_reward=200)
    customer, code = referrer()
    Referrer.objects.filter(customer=customer).update(stopped_at=NOW, stop_reason="накрутка")
    client = Client()
    page = visit(client, code)
    assert page.status_code == 200
    assert "Добро пожаловать в «Комод»" in words(page)
    for told in ("Подарок", "приглаш", "Анна", "накрутка", "200"):
        assert told not in words(page).partition("Что вы получите у нас")[0]
    assert (left(client), Visit.objects.count()) == (None, 0)


def test_ambassador_who_is_one_no_more_has_no_link():
    AmbassadorFactory(code="STUDIO24X", is_active=False, customer=None)
    page = visit(Client(), "STUDIO24X")
    assert page.status_code == 404
    assert "Это приглашение не действует" in words(page)
    assert 'href="/"' in text(page)


def test_code_of_nobody_is_a_friendly_404():
    client = Client()
    page = visit(client, link_of(10**9).code)
    assert (page.status_code, left(client)) == (404, None)
    assert "А магазин открыт для вас и так." in words(page)


@pytest.mark.parametrize(
    "code",
    [
        "%00",
        "ABC%00DEFG",
        "A" * 10_000,
        "🎁🎁🎁🎁🎁🎁🎁🎁",
        "..%2F..%2Fetc%2Fpasswd",
        "AB%2FCD",
        "%F0%9F",
        "<script>alert(1)</script>",
        "'%20OR%201=1--",
        "%25s%25s%25s",
        "ABCDEFGH%0d%0aSet-Cookie:x=y",
        "—",
        " ",
        "ABCDEFGH",
    ],
)
def test_hostile_codes_are_404(code):
    page = visit(Client(), code)
    assert page.status_code == 404
    assert "<script>alert" not in text(page)
    assert not Visit.objects.exists()


def test_other_spellings_lead_to_the_code_itself():
    _customer, code = referrer()
    looks = code.lower().translate(str.maketrans("abekmhpctyx", "авекмнрстух"))
    for spelling in (code.lower(), looks, f"{code[:4]}-{code[4:]}", f"{code}.", f"{code}/"):
        answer = visit(Client(), spelling)
        assert (answer.status_code, answer["Location"]) == (302, f"/r/{code}"), spelling
    assert not Visit.objects.exists()


def test_redirect_takes_nothing_from_the_link_but_the_channel():
    _customer, code = referrer()
    client = Client()
    answer = client.get(f"/r/{code.lower()}?via=qr&next=https://evil.example/&utm=1", headers={"accept": "text/html"})
    assert answer["Location"] == f"/r/{code}?via=qr"
    page = client.get(f"/r/{code}?next=https://evil.example/", headers={"accept": "text/html"})
    assert page.status_code == 200
    # The switches of language and theme lead back to this very page, and nowhere else.
    assert 'href="https://evil' not in text(page)


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_same_whatever_there_is(count):
    _customer, code = referrer()
    for _friend in range(count):
        visit(Client(), code)
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        visit(client, code)
    # A new visit is looked for and written behind a savepoint.
    assert len(queries) == 9
    with CaptureQueriesContext(connection) as queries:
        visit(client, code)
    assert len(queries) == 6


def test_invitation_costs_nothing_without_a_link_and_five_queries_with_one():
    client, code = Client(), referrer()[1]
    with CaptureQueriesContext(connection) as queries:
        assert invitation({}, now=NOW) is None
    assert len(queries) == 0
    visit(client, code)
    with CaptureQueriesContext(connection) as queries:
        found = invitation({VISIT_COOKIE: client.cookies[VISIT_COOKIE].value}, now=NOW)
    assert (found is not None and found.name, len(queries)) == ("Анна", 5)
