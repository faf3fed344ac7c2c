"""The list of promo codes, its search and filters, bulk switching, a code's page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.models import Order
from promocodes.models import PromoCode, QuoteTally
from promocodes.queries import with_state
from promocodes.queries.listing import codes_like, state_condition
from promocodes.rules import State
from tests.factories import NOW, CampaignFactory, PromoCodeFactory
from tests.promocodes.rows import make_batch, make_code

LIST = "admin:promocodes_promocode_changelist"


def _codes_on(answer: Any) -> list[str]:
    return [code.code for code in answer.context["cl"].result_list]


def _one_of_each_state() -> dict[str, PromoCode]:
    day = timedelta(days=1)
    return {
        "draft": make_code(switch=None),
        "deactivated": make_code(switch=False),
        "expired": make_code(starts_at=NOW - 2 * day, ends_at=NOW),
        "exhausted": make_code(max_uses=1),
        "scheduled": make_code(starts_at=NOW + day, ends_at=NOW + 2 * day),
        "active": make_code(),
    }


def test_state_of_a_filter_is_the_state_on_the_badge() -> None:
    codes = _one_of_each_state()
    PromoCode.objects.filter(pk=codes["exhausted"].pk).update(uses=1)
    shown = {code.pk: code.state for code in with_state(PromoCode.objects.all(), now=NOW)}
    filtered = {
        code.pk: str(state) for state in State for code in PromoCode.objects.filter(state_condition(state, NOW))
    }
    assert shown == filtered == {code.pk: state for state, code in codes.items()}


def test_a_code_follows_its_batch_in_the_filter() -> None:
    batch = make_batch(switch=True)
    code = make_code(switch=None, terms=batch.terms)
    assert [found.pk for found in PromoCode.objects.filter(state_condition("active", NOW))] == [code.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_eleven_queries(count: int, manager: Client, django_assert_num_queries: Any) -> None:
    for number in range(count):
        make_code(campaign=CampaignFactory.create(), code=f"LISTED{number:04d}")
    with django_assert_num_queries(11):
        answer = manager.get(reverse(LIST))
    assert len(_codes_on(answer)) == count


@pytest.mark.parametrize("typed", ["K7XQ4M9TWD", "k7xq-4m9twd", "К7ХQ4М9ТWD", "Л7ЧЙ4Ь9ЕЦВ", "K7XQ", "k7", "К7Х"])
def test_search_finds_a_code_in_any_spelling(typed: str, manager: Client, code: PromoCode) -> None:
    PromoCodeFactory.create(code="OTHERCODE")
    assert _codes_on(manager.get(reverse(LIST), {"q": typed})) == ["K7XQ4M9TWD"]


def test_search_by_what_can_be_no_code_finds_nothing(code: PromoCode) -> None:
    assert list(codes_like(PromoCode.objects.all(), "!")) == []


def test_filters_narrow_the_list(manager: Client, staff: Any) -> None:
    campaign = CampaignFactory.create(name="June")
    wanted = make_code(campaign=campaign, type="fixed", value=100, created_by=staff("marketer"))
    make_code()
    asked = {
        "state": "active",
        "type": "fixed",
        "campaign": campaign.pk,
        "period": "now",
        "creator": staff("marketer").pk,
    }
    assert _codes_on(manager.get(reverse(LIST), asked)) == [wanted.code]
    assert _codes_on(manager.get(reverse(LIST), {**asked, "period": "ended"})) == []


def test_list_counts_in_the_right_plural(manager: Client) -> None:
    for number in range(2):
        make_code(code=f"COUNTED{number:03d}")
    manager.cookies["django_language"] = "ru"
    assert "2 промокода" in manager.get(reverse(LIST)).content.decode()


def test_bulk_page_counts_what_will_change_and_why_not(manager: Client) -> None:
    codes = _one_of_each_state()
    PromoCode.objects.filter(pk=codes["exhausted"].pk).update(uses=1)
    chosen = {"action": "activate_selected", "_selected_action": [code.pk for code in codes.values()]}
    plan = manager.post(reverse(LIST), chosen).context["plan"]
    changing = {codes["draft"].code, codes["deactivated"].code}
    assert set(plan.codes) == changing
    assert plan.kept == {"the period is over": 1, "all uses have been taken": 1, "already activated": 2}

    manager.post(reverse(LIST), {**chosen, "confirmed": "1"})
    assert set(PromoCode.objects.filter(switch=True).values_list("code", flat=True)) == changing | {
        codes[state].code for state in ("active", "scheduled", "expired", "exhausted")
    }


def test_code_page_shows_the_use_with_its_order(manager: Client, code: PromoCode, placed: Order) -> None:
    QuoteTally.objects.create(promo_code=code, day=NOW.date(), channel="site", outcome="applied", count=3)
    QuoteTally.objects.create(promo_code=code, day=NOW.date(), channel="site", outcome="expired", count=2)
    answer = manager.get(reverse("admin:promocodes_promocode_page", args=[code.pk]))
    funnel = answer.context["funnel"]
    assert (funnel.tried, funnel.applied, funnel.used, funnel.released, funnel.discount) == (5, 3, 1, 0, 200)
    assert answer.context["refusals"] == [("The code has expired.", 2)]
    page = answer.content.decode()
    assert reverse("admin:orders_order_page", args=[placed.pk]) in page
    assert "/checkout?promo=K7XQ4M9TWD" in page
    assert answer.context["frozen"] is True


def test_switching_a_code_tells_who_did_it(manager: Client, code: PromoCode) -> None:
    manager.post(reverse("admin:promocodes_promocode_deactivate", args=[code.pk]))
    answer = manager.get(reverse("admin:promocodes_promocode_page", args=[code.pk]))
    last = answer.context["changes"][0]
    assert (last.who, last.fields) == ("manager@shop.test", (("switch", "activated", "deactivated"),))
    assert answer.context["state"] is State.DEACTIVATED


def test_history_tells_the_making_of_a_code_once(manager: Client) -> None:
    code = make_code(terms=make_batch().terms)
    page = manager.get(reverse("admin:promocodes_promocode_page", args=[code.pk]))
    assert [change.is_creation for change in page.context["changes"]] == [True]


def test_a_dead_code_is_not_activated(manager: Client) -> None:
    code = make_code(switch=None, starts_at=NOW - timedelta(days=2), ends_at=NOW)
    answer = manager.post(reverse("admin:promocodes_promocode_activate", args=[code.pk]), follow=True)
    code.refresh_from_db()
    assert code.switch is None
    assert "The period is over: move its end before activating." in answer.content.decode()


def test_code_page_takes_seventeen_queries(
    manager: Client, code: PromoCode, placed: Order, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(17):
        manager.get(reverse("admin:promocodes_promocode_page", args=[code.pk]))


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_qr_is_downloaded(kind: str, start: bytes, manager: Client, code: PromoCode) -> None:
    answer = manager.get(reverse(f"admin:promocodes_promocode_qr_{kind}", args=[code.pk]))
    assert answer.content.startswith(start)
    assert answer["Content-Disposition"] == f'attachment; filename="K7XQ4M9TWD.{kind}"'


def test_now_of_the_pages_is_the_clock_of_the_test() -> None:
    assert timezone.now() == NOW
