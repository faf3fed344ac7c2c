"""Every page of staff about customers with something to show, for the tests that look at pages in a browser."""

from django.urls import reverse

from customers.models import Customer, ErasureRequest, Segment
from customers.services import put_consent_text, put_rule_segment, refresh_segment, request_erasure
from loyalty_site.kernel.transactions import in_transaction
from points.models import Occasion
from tests.customers.segment_rows import rfm
from tests.factories import NOW, CustomerFactory, DuplicateFactory, OccasionFactory
from tests.points.rows import gift

RULE = {"all": [{"field": "orders", "op": "at_least", "value": 1}, {"any": [{"field": "vip", "op": "yes"}]}]}
LISTS = ("duplicate", "merge", "tag", "erasurerequest", "erasedcustomer", "consenttext", "importrun")


def customer_pages(asking: Customer) -> dict[str, str]:
    """By name; `asking` has asked to be forgotten."""
    born = CustomerFactory.create(birthday=NOW.date())
    occasion = OccasionFactory.create()
    gift(occasion, born)
    pair = DuplicateFactory.create(first=born)
    segment = in_transaction(lambda: _written(asking, born))
    of_the_map, _made = Segment.objects.get_or_create(code="rfm-vip", defaults={"name": "VIP", "kind": "rfm"})
    return {
        **{f"list: {kind}": reverse(f"admin:customers_{kind}_changelist") for kind in LISTS},
        "pair": reverse("admin:customers_duplicate_page", args=[pair.pk]),
        "choice of the other": reverse("admin_customer_merge", args=[born.pk]) + "?q=example",
        "code for one": reverse("admin:customers_customer_code", args=[born.pk]),
        "forget": reverse("admin_customer_erase", args=[asking.pk]),
        "segment by conditions": reverse("admin:customers_segment_change", args=[segment.pk]),
        "builder": reverse("admin:customers_segment_rule", args=[segment.pk]),
        "members": reverse("admin:customers_segment_members", args=[segment.pk]),
        "segment of the map": reverse("admin:customers_segment_change", args=[of_the_map.pk]),
        "new text of a consent": reverse("admin:customers_consenttext_add"),
        "new import": reverse("admin:customers_importrun_add"),
        **_of_occasions(occasion),
    }


def _of_occasions(occasion: Occasion) -> dict[str, str]:
    return {
        "occasions": reverse("admin:points_occasion_changelist"),
        "occasion": reverse("admin:points_occasion_page", args=[occasion.pk]),
        "gifts": reverse("admin:points_occasiongift_changelist"),
        "calendar": reverse("admin:points_calendarday_year"),
        "new day of the calendar": reverse("admin:points_calendarday_add"),
    }


def _written(asking: Customer, born: Customer) -> Segment:
    put_consent_text(purpose="email", text="I agree", text_en="", by=None, now=NOW)
    source = ErasureRequest.Source.STAFF
    request_erasure(customer_id=asking.pk, source=source, by=None, reason="asked", now=NOW)
    rfm(born, is_vip=True)
    segment = put_rule_segment(code="best", name="Best", rule=RULE, note="", by=None, now=NOW)
    refresh_segment(segment_id=segment.pk, now=NOW)
    return segment
