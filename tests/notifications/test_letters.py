"""What letters say, and that nobody's name can be more than a name in them."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.core import mail
from django.utils import translation

from customers.models import Programme
from notifications.mail import email_of, html_of, text_of
from notifications.models import OutboxMessage
from notifications.queries import letter_of
from notifications.rules import Button, Letter
from notifications.rules.kinds import KINDS
from notifications.tasks import send_messages
from orders.models import Order
from orders.services import pay_order, refund_order
from tests.factories import NOW, MembershipPlanFactory, ProductFactory, ProgrammeFactory
from tests.notifications.rows import give_expiring, message, reader
from tests.orders.ordering import place
from tests.points.rows import spend
from tests.tiers.rows import buy, day
from tiers import services as tiers
from tiers.models import Membership, Standing, Tier

pytestmark = pytest.mark.django_db

LETTER = Letter(
    subject="Hello\r\nBcc: all@shop.test\u2028again",
    heading='<img src="x" onerror="alert(1)">',
    paragraphs=("</p><script>alert(1)</script>", "Second {{ settings.SECRET_KEY }}"),
    facts=(("<b>Points</b>", "5 & 6"),),
    code='A"><script>',
    code_note="Enter it.",
    button=Button("Go", "https://shop.test/?a=1&b=2"),
)


def said(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def written(kind, payload, *, customer):
    return letter_of(kind, payload, customer=customer, now=NOW, language="en")


def plain(letter):
    """Subject, heading, paragraphs, facts."""
    facts = tuple((name, said(value)) for name, value in letter.facts)
    return said(letter.subject), said(letter.heading), tuple(map(said, letter.paragraphs)), facts


def test_a_name_is_no_html():
    html = html_of(LETTER)
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;img src=&quot;x&quot; onerror=&quot;alert(1)&quot;&gt;" in html
    assert "{{ settings.SECRET_KEY }}" in html
    assert "5 &amp; 6" in html


def test_text_is_not_escaped_and_has_no_holes():
    text = text_of(LETTER)
    assert "5 & 6" in text
    assert "https://shop.test/?a=1&b=2" in text
    assert "\n\n\n" not in text


def test_a_name_is_no_header():
    sent = email_of(LETTER, to="buyer@shop.test", message_id="<1@shop.test>", language="en").message()
    assert (sent["Subject"], sent["Bcc"]) == ("Hello Bcc: all@shop.test again", None)


def test_letters_name_no_other_host():
    html = html_of(LETTER)
    assert "http" not in html.replace("http://127.0.0.1:8000", "").replace("https://shop.test", "")


def test_letters_speak_the_shops_language():
    customer = reader()
    give_expiring(customer)
    message(customer)
    send_messages()
    (letter,) = mail.outbox
    assert said(letter.subject) == "Скоро сгорят баллы: 100 баллов, последний день — 20 июня 2026"
    assert (letter.extra_headers["Content-Language"], 'lang="ru"' in letter.alternatives[0][0]) == ("ru", True)
    assert translation.get_language() == "en"


def test_points_expiring_says_what_is_left():
    customer = reader()
    give_expiring(customer, 100)
    spend(customer, 30)
    row = message(customer)
    letter = written(row.kind, row.payload, customer=customer)
    assert plain(letter)[3] == (("Expire", "70 points"), ("Last day", "20 June 2026"))
    spend(customer, 70, "order:2")
    assert written(row.kind, row.payload, customer=customer) is None


@pytest.fixture
def paid():
    """An order that has just been paid: 100 points and the bonus of the first purchase."""
    ProgrammeFactory()
    ProductFactory(sku="SHIRT", price=Decimal("1000.00"))
    order = place("SHIRT", customer_id=reader().pk)
    return pay_order(number=order.number, amount=order.total, provider="test", payment_id="P", now=NOW)


def thanks(order: Order) -> Letter | None:
    row = OutboxMessage.objects.get(kind="thank_you")
    return written(row.kind, row.payload, customer=order.customer)


def test_thanks_for_the_first_purchase(paid):
    assert plain(thanks(paid)) == (
        f"Thank you for order No. {paid.number}",
        "Thank you for your first purchase!",
        (f"We have got the payment of order No. {paid.number}.",),
        (
            ("Points for the order", "100 points"),
            ("Bonus for the first purchase", "300 points"),
            ("You have now", "400 points"),
        ),
    )


def test_thanks_say_from_when_points_count(paid):
    Programme.objects.update(points_hold_days=14, first_purchase_bonus=0)
    order = place("SHIRT", customer_id=paid.customer_id)
    OutboxMessage.objects.all().delete()
    pay_order(number=order.number, amount=order.total, provider="test", payment_id="P2", now=NOW)
    _subject, heading, paragraphs, facts = plain(thanks(order))
    assert heading == "Thank you for your purchase!"
    assert paragraphs[1] == "You can pay with the points from 24 June 2026 on."
    assert facts == (("Points for the order", "100 points"),)


def test_thanks_for_what_went_back_are_none(paid):
    refund_order(number=paid.number, reason="", now=NOW)
    assert thanks(paid) is None


def test_thanks_for_what_went_back_in_part_promise_no_points(paid):
    Order.objects.update(status="partially_refunded")
    assert plain(thanks(paid))[3] == ()


def test_a_higher_tier_says_what_it_brings():
    customer = reader()
    tiers.review_after_purchase(customer_id=customer.pk, order_ref=buy(customer, 60_000).ref, now=NOW)
    row = OutboxMessage.objects.get(kind="tier_changed")
    letter = written(row.kind, row.payload, customer=customer)
    assert plain(letter) == (
        "Your tier is now “Gold”",
        "Your tier is now “Gold”",
        ("Your purchases have lifted you higher. From now on you have:",),
        (("Cashback in points", "15%"), ("Discount", "5%"), ("Free delivery", "yes")),
    )
    assert written(row.kind, {**row.payload, "to": "silver"}, customer=customer) is None
    came_down = written(row.kind, {**row.payload, "from": "platinum"}, customer=customer)
    assert plain(came_down)[2] == ("This is what it gives you:",)


def test_a_tier_that_ends_says_what_would_keep_it():
    customer = reader()
    buy(customer, 45_000)
    Standing.objects.create(customer=customer, tier=Tier.objects.get(code="gold"), since=day(-300), lapses_at=day(30))
    payload = {"tier": "gold", "lapses_on": "2026-07-10"}
    letter = written("tier_lapsing", payload, customer=customer)
    assert plain(letter) == (
        "Your tier “Gold” ends on 10 July 2026",
        "Your tier “Gold” ends soon",
        (
            "On 10 July 2026 the tier “Gold” ends, and your tier will be “Silver”.",
            "To keep it, buy for ₽5,000 more before that day.",
        ),
        (),
    )
    assert written("tier_lapsing", {**payload, "lapses_on": "2026-07-09"}, customer=customer) is None
    buy(customer, 5_000)
    assert written("tier_lapsing", payload, customer=customer) is None


def test_a_membership_that_ends_is_told_unless_renewed():
    customer, plan = reader(), MembershipPlanFactory(name="Club")
    paid = {"customer": customer, "plan": plan, "tier": plan.tier, "fee_amount": 0, "months": 1}
    end = datetime.fromisoformat("2026-06-16T00:00:00+03:00")
    Membership.objects.create(**paid, order_ref="order:1", starts_at=end - timedelta(days=31), ends_at=end)
    payload = {"plan": plan.code, "tier": "gold", "ends_on": "2026-06-15"}
    letter = written("membership_ending", payload, customer=customer)
    assert plain(letter)[:3] == (
        "Your membership ends: 15 June 2026 is the last day",
        "Your membership ends soon",
        ("“Club” gives you the tier “Gold” up to and including 15 June 2026. Renew it to keep what it brings.",),
    )
    Membership.objects.create(**paid, order_ref="order:2", starts_at=end, ends_at=end + timedelta(days=30))
    assert written("membership_ending", payload, customer=customer) is None


def test_staff_have_words_for_every_kind_of_letter() -> None:
    assert set(settings.NOTIFICATIONS_TEMPLATES) == set(KINDS)
