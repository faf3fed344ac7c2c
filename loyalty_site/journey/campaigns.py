"""The data set's campaigns and coupons as campaigns and promo codes, made through the services."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection

from loyalty_site.journey.catalogue import coupon_categories
from loyalty_site.journey.coupons import CouponKey, Coupons
from loyalty_site.journey.dataset import SHOPS_ZONE, Dataset
from loyalty_site.journey.households import add_segment, segment_code
from loyalty_site.kernel.transactions import in_transaction, requires_transaction
from promocodes.services import CodeSpec, activate_code, create_campaign, create_code

# A coupon that lowered no price: any rate does, as the receipts are silent about it.
CASHBACK_PERCENT = Decimal(10)


def campaign_name(campaign: int) -> str:
    return f"Complete Journey {campaign}"


def add_campaigns(
    dataset: Dataset,
    keys: Mapping[int, list[CouponKey]],
    coupons: Coupons,
    customers: dict[str, int],
    *,
    seen: Callable[[int], None],
) -> dict[CouponKey, str]:
    """The campaigns of these keys; codes by coupon. A campaign is made whole or not at all.

    `keys` are all redeemed coupons of each campaign, sorted; `seen` is told how many have their codes.
    """
    categories = coupon_categories(dataset)
    codes: dict[CouponKey, str] = {}
    for row in dataset.campaign_descriptions.itertuples(index=False):
        if row.campaign_id in keys:
            add_segment(dataset, row.campaign_id, customers)
            made = campaign_codes(row.campaign_id) or in_transaction(
                partial(make_campaign, row=row, keys=keys[row.campaign_id], coupons=coupons, categories=categories)
            )
            codes.update(zip(keys[row.campaign_id], made, strict=True))
            seen(len(codes))
    return codes


def keys_by_campaign(coupons: Coupons, wanted: Collection[int]) -> dict[int, list[CouponKey]]:
    """All redeemed coupons of the wanted campaigns, sorted."""
    keys: dict[int, list[CouponKey]] = defaultdict(list)
    for key in sorted(coupons.limits):
        if key.campaign in wanted:
            keys[key.campaign].append(key)
    return keys


@requires_transaction
def make_campaign(
    *, row: Any, keys: list[CouponKey], coupons: Coupons, categories: Mapping[tuple[int, int], list[str]]
) -> list[str]:
    """A campaign with one activated code per key, in the order of the keys."""
    starts_at, ends_at = day(row.start_date), day(row.end_date + timedelta(days=1))
    note = f"{row.campaign_type}, coupons of the Complete Journey data set"
    create_campaign(name=campaign_name(row.campaign_id), note=note, by=None, now=starts_at)
    made = []
    for key in keys:
        slugs = tuple(categories.get((key.campaign, key.coupon), ()))
        spec = CodeSpec(
            type="fixed" if key.value else "cashback",
            value=key.discount if key.value else CASHBACK_PERCENT,
            categories=() if key.value else slugs,
            required_categories=slugs if key.value else (),
            minimum_order=None,
            starts_at=starts_at,
            ends_at=ends_at,
            max_uses=coupons.limits[key],
            max_uses_per_customer=None,
            first_order_only=False,
            segment=segment_code(key.campaign),
            campaign=campaign_name(key.campaign),
        )
        code = create_code(spec=spec, by=None, now=starts_at).code
        made.append(activate_code(code=code, by=None, now=starts_at).code)
    return made


def campaign_codes(campaign: int) -> list[str]:
    """The codes of a campaign made earlier, in the order they were made in: that of the sorted keys."""
    with connection.cursor() as cursor:
        cursor.execute(CODES, [campaign_name(campaign)])
        return [code for (code,) in cursor.fetchall()]


def day(midnight: Any) -> datetime:
    """The beginning of a day of the data set, in the shops' zone."""
    return datetime(midnight.year, midnight.month, midnight.day, tzinfo=SHOPS_ZONE)


CODES = """
SELECT code.code FROM promocodes_promocode code
JOIN promocodes_terms terms ON terms.id = code.terms_id
JOIN promocodes_campaign campaign ON campaign.id = terms.campaign_id
WHERE campaign.name = %s ORDER BY code.id
"""
