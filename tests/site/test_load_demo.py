"""The demonstration shop: loaded once, said again, never in production by accident."""

import io
import json
import stat

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers.models import Customer, Segment, User
from loyalty_site.demo.codes import CODES, demo_codes
from loyalty_site.demo.signins import path
from orders.models import Order, Product
from orders.queries.own_codes import own_codes
from points.queries import balance, entries
from promocodes.models import PromoCode
from promocodes.queries import find_code
from referrals.models import Ambassador, Referral, Review, Reward, Visit
from referrals.queries import statement
from tests.factories import ProductFactory
from tests.tiers.rows import offenders
from tiers.models import Card, Membership, Standing
from tiers.queries import standing
from tiers.queries.plans import plans_on_sale

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _state(settings, tmp_path):
    settings.STATE_DIR = tmp_path


def load(*arguments: str) -> str:
    out = io.StringIO()
    call_command("load_demo", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def rows() -> dict[str, int]:
    models = (User, Customer, Product, Order, PromoCode)
    return {model.__name__: model.objects.count() for model in models}


def test_demo_shows_something_everywhere_and_can_be_loaded_again():
    printed = load()

    assert rows() == {"User": 5, "Customer": 190, "Product": 38, "Order": 161, "PromoCode": 51}
    assert set(Order.objects.values_list("status", flat=True)) == set(Order.Status.values)
    for signin in json.loads(path().read_text()):
        assert signin["password"] in printed
        assert User.objects.get(email=signin["email"]).check_password(signin["password"])
    assert stat.S_IMODE(path().stat().st_mode) == 0o600
    assert all(code in printed for code in demo_codes().values())
    before = rows()

    assert load() == load("--if-empty") == printed
    assert rows() == before


def test_demo_customer_finds_something_on_every_page_of_the_account():
    load()

    me = Customer.objects.get(email="customer@example.com")
    has = balance(me.pk, now=timezone.now())
    assert has.available > 0
    assert has.pending == 120
    assert has.expiring
    assert {entry.kind for entry in entries(me.pk)} >= {"earn", "spend"}
    assert [code.state for code in own_codes(me.pk, now=timezone.now())] == ["active", "active", "expired"]
    assert standing(me.pk, now=timezone.now()).code != "standard"
    assert [plan.sku for plan in plans_on_sale()] == ["CLUB-YEAR"]


def test_demo_holds_the_three_examples_of_the_first_document_in_use():
    load()

    facts = {key: find_code(code).facts for key, code in demo_codes().items()}

    percent, fixed, free = facts["five_percent"], facts["shirt_cleaning"], facts["free_delivery"]
    assert (percent.type, percent.value, percent.minimum_order, percent.categories) == ("percent", 5, 1000, ())
    assert (fixed.type, fixed.value, fixed.required_categories) == ("fixed", 100, ("shirt-cleaning",))
    assert (free.type, free.minimum_order, free.max_uses) == ("free_shipping", 1500, 100)
    assert facts["gold"].tier == "gold"
    assert all(code.uses > 0 for code in (percent, fixed, free))
    assert [key for key, code in facts.items() if code.switch is None] == [c.key for c in CODES if c.fate == "draft"]


def test_demo_has_a_segment_and_leaves_it_as_the_shop_changed_it():
    load()
    segment = Segment.objects.get(kind="list")
    assert (segment.code, segment.memberships.count()) == ("old-hands", 8)
    segment.memberships.all().delete()

    load()

    assert segment.memberships.count() == 0


def test_demo_goes_on_where_it_stopped_and_renews_lost_passwords():
    first = load()
    last = Order.objects.get(external_number="demo-144")
    Order.objects.filter(pk=last.pk).update(external_number=None)
    path().unlink()

    second = load("--if-empty")

    assert Order.objects.filter(external_number="demo-144").count() == 1
    path().unlink()
    third = load("--if-empty")

    assert len({first, second, third}) == 3
    for signin in json.loads(path().read_text()):
        assert User.objects.get(email=signin["email"]).check_password(signin["password"])


def test_demo_leaves_a_shop_with_data_alone():
    ProductFactory()

    assert load("--if-empty") == ""

    assert rows() == {"User": 0, "Customer": 0, "Product": 1, "Order": 0, "PromoCode": 0}


def test_demo_needs_a_word_in_production(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError):
        load()

    assert Product.objects.count() == 0


def test_demo_has_customers_on_every_tier_one_going_down_a_card_and_a_member():
    load()

    assert set(Standing.objects.values_list("tier__code", flat=True)) == {"silver", "gold", "platinum"}
    assert Standing.objects.get(lapses_at__isnull=False).customer.email == "customer4@example.com"
    assert Card.objects.get(kind="imported").percent == 7
    assert [member.customer.email for member in Membership.objects.all()] == ["customer5@example.com"]
    assert offenders() == set()


def test_demo_has_invitations_in_every_state():
    load()

    assert set(Reward.objects.values_list("status", flat=True)) == {
        "pending",
        "held",
        "paid",
        "cancelled",
        "rejected",
        "taken_back",
    }
    assert [(review.status, [one["key"] for one in review.reasons]) for review in Review.objects.order_by("score")] == [
        ("waiting", ["self_device", "self_network"]),
        ("blocked", ["self_payer"]),
    ]
    assert sorted(ambassador.code for ambassador in Ambassador.objects.all()) == ["DRUGKOMODA", "KOMOD2026"]
    [partner] = Ambassador.objects.filter(customer=None)
    assert [(month.friends, month.orders) for month in statement(partner.pk)] == [(1, 1), (1, 2), (1, 1)]
    assert Referral.objects.filter(first_ordered_at=None).exists()
    assert Visit.objects.filter(referrals=None).exists()
