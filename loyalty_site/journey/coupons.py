"""Which coupon of the data set meets which receipt, and what promo code stands for it.

One code stands for a coupon of a campaign at one observed value. The data set tells no coupon's value, so it is read
off the receipts: the `coupon_disc` of the coupon's products in the basket where the household redeemed it.

* A value was seen: a `fixed` code of that value that requires the coupon's categories. The order then costs what the
  household's receipt says: goods less this coupon.
* None was seen: a `cashback` code on the coupon's categories, which lowers no price, as the receipt's was not lowered.

A code is good for its campaign's days, for the households the campaign was sent to (a segment), and for as many uses
as the data set has redemptions of that coupon at that value.

A redemption has a day, not a basket. Of the household's receipts of that day the one with the highest value of the
coupon is taken, then one with any of its products, then the first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from loyalty_site.journey.dataset import SHOPS_ZONE, Dataset, Frame, kopecks
from loyalty_site.journey.receipts import amount


@dataclass(frozen=True, order=True)
class CouponKey:
    """A coupon at one value, in hundredths; 0 where no receipt shows one."""

    campaign: int
    coupon: int
    value: int

    @property
    def discount(self) -> Decimal:
        return amount(self.value)


@dataclass(frozen=True)
class Coupons:
    """`limits`: redemptions per code in the whole data set; `by_receipt`: what is typed at which receipt's till,
    the dearest first; `unmatched`: redemptions of a day without a receipt of that household."""

    limits: Mapping[CouponKey, int]
    by_receipt: Mapping[str, tuple[CouponKey, ...]]
    unmatched: int

    def expected(self, numbers: Iterable[str]) -> int:
        """How many redemptions of the data set belong to these receipts."""
        return sum(len(self.by_receipt.get(number, ())) for number in numbers)


def match_coupons(dataset: Dataset) -> Coupons:
    """Match every redemption with its receipt."""
    candidates = _candidates(dataset)
    best = candidates.sort_values(
        ["redemption", "seen", "bought", "transaction_timestamp", "basket_id"],
        ascending=[True, False, False, True, True],
    ).drop_duplicates("redemption")
    limits: dict[CouponKey, int] = defaultdict(int)
    typed: dict[str, list[CouponKey]] = defaultdict(list)
    for campaign, coupon, value, basket in zip(
        best.campaign_id, best.coupon_upc, best.seen, best.basket_id, strict=True
    ):
        key = CouponKey(int(campaign), int(coupon), int(value))
        limits[key] += 1
        typed[str(basket)].append(key)
    return Coupons(
        limits=dict(limits),
        by_receipt={basket: tuple(sorted(keys, key=_dearest_first)) for basket, keys in typed.items()},
        unmatched=len(dataset.coupon_redemptions) - len(best),
    )


def _candidates(dataset: Dataset) -> Frame:
    """Every pair of a redemption and a receipt of its household on its day, with the value seen there."""
    lines = dataset.transactions[["household_id", "basket_id", "product_id", "transaction_timestamp"]].copy()
    lines["value"] = kopecks(dataset.transactions.coupon_disc)
    lines = lines[lines.household_id.isin(dataset.coupon_redemptions.household_id)]
    lines["redemption_date"] = shop_days(lines.transaction_timestamp)
    redemptions = dataset.coupon_redemptions.reset_index(drop=True)
    redemptions["redemption_date"] = redemptions.redemption_date.astype("datetime64[s]")
    redemptions["redemption"] = redemptions.index
    baskets = lines[["household_id", "redemption_date", "basket_id", "transaction_timestamp"]].drop_duplicates()
    pairs = redemptions.merge(baskets, on=["household_id", "redemption_date"])
    bought = (
        pairs[["redemption", "campaign_id", "coupon_upc", "basket_id"]]
        .merge(dataset.coupons, on=["campaign_id", "coupon_upc"])
        .merge(lines[["basket_id", "product_id", "value"]], on=["basket_id", "product_id"])
        .groupby(["redemption", "basket_id"])
        .value.agg(seen="sum", bought="count")
        .reset_index()
    )
    pairs = pairs.merge(bought, on=["redemption", "basket_id"], how="left")
    return pairs.fillna({"seen": 0, "bought": 0})


def shop_days(moments: Frame) -> Frame:
    """The shops' own day of each UTC moment."""
    local = moments.dt.tz_localize("UTC").dt.tz_convert(SHOPS_ZONE)
    return local.dt.tz_localize(None).dt.normalize().astype("datetime64[s]")


def _dearest_first(key: CouponKey) -> tuple[int, int, int]:
    return (-key.value, key.campaign, key.coupon)
