"""The form of the programme's settings: a part for each subject, every setting with what it means."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Programme
from loyalty_site.kernel.number_fields import DecimalField, IntegerField


def _count(label: Any, help_text: Any = "", *, required: bool = True, least: int = 0) -> forms.IntegerField:
    return IntegerField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=least,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


def _number(label: Any, help_text: Any = "", *, required: bool = True, digits: int = 5) -> forms.DecimalField:
    return DecimalField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=0,
        max_digits=digits,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


POINTS_TOO = frozenset({"base_earn_percent", "first_purchase_bonus"})
REFERRALS = ("referral_", "referrer_", "referee_")
REWARD_KINDS = [
    (Programme.RewardKind.POINTS, gettext_lazy("points")),
    (Programme.RewardKind.FIXED_CODE, gettext_lazy("a personal promo code for a sum")),
    (Programme.RewardKind.PERCENT_CODE, gettext_lazy("a personal promo code for a percent")),
]


class ProgrammeForm(forms.Form):
    """Sums in roubles, times in days or minutes; the service says what is out of range."""

    percent_policy = forms.ChoiceField(
        label=gettext_lazy("A percent code and the discount the customer already has"),
        choices=Programme.PercentPolicy.choices,
    )
    sale_goods_excluded = forms.BooleanField(
        label=gettext_lazy("Codes skip goods with a struck-through price"), required=False
    )
    unpaid_order_ttl_minutes = forms.IntegerField(
        label=gettext_lazy("Unpaid orders live, minutes"),
        help_text=gettext_lazy("Then they are cancelled and the use of their code is free again."),
        min_value=1,
        max_value=100_000,
    )
    base_earn_percent = _number(gettext_lazy("Base cashback, %"))
    second_person_percent = _number(
        gettext_lazy("A second person activates percent codes above, %"),
        gettext_lazy("Empty: one person may make and activate any code."),
        required=False,
    )
    second_person_amount = _number(
        gettext_lazy("A second person activates fixed codes above, roubles"),
        gettext_lazy("Empty: one person may make and activate any code."),
        required=False,
        digits=12,
    )
    point_value = _number(
        gettext_lazy("A point pays, roubles"),
        gettext_lazy(
            "A change counts for orders placed from now on; what customers have is worth more or less at once."
        ),
        digits=8,
    )
    points_cap_percent = _number(
        gettext_lazy("Points pay at most, % of the goods"),
        gettext_lazy("After discounts; never the delivery. 0: points pay nothing."),
    )
    first_purchase_bonus = _count(
        gettext_lazy("Points for the first purchase"), gettext_lazy("Once per customer. 0: none.")
    )
    points_hold_days = _count(
        gettext_lazy("Earned points wait, days"),
        gettext_lazy("So that goods can come back first. 0: they may be spent at once."),
    )
    points_life_days = _count(
        gettext_lazy("Points live, days"),
        gettext_lazy("Points that are there already keep their end."),
        least=1,
    )
    points_grace_days = _count(
        gettext_lazy("Returned points live at least, days"),
        gettext_lazy("When an order is given back and the points it was paid with have expired meanwhile."),
    )
    second_person_points = _count(
        gettext_lazy("A second person confirms corrections above, points"),
        gettext_lazy("Empty: one person may correct any number."),
        required=False,
    )
    referrer_reward_kind = forms.ChoiceField(label=gettext_lazy("The referrer gets"), choices=REWARD_KINDS)
    referrer_reward = _count(
        gettext_lazy("How much the referrer gets"),
        gettext_lazy(
            "Points, roubles or percent, after the choice before. 0: nothing. Ambassadors have rates of their own."
        ),
    )
    referee_reward_kind = forms.ChoiceField(label=gettext_lazy("The newcomer gets"), choices=REWARD_KINDS)
    referee_reward = _count(
        gettext_lazy("How much the newcomer gets"),
        gettext_lazy("Points, roubles or percent, after the choice before. 0: nothing."),
    )
    referee_reward_at = forms.ChoiceField(
        label=gettext_lazy("The newcomer gets it"),
        choices=Programme.RefereeRewardAt.choices,
        help_text=gettext_lazy(
            "At registration fakes cost the shop more; after the first order the hold goes for both."
        ),
    )
    referral_code_days = _count(
        gettext_lazy("Promo codes for referrals live, days"),
        gettext_lazy("Counted from the day they are given."),
        least=1,
    )
    referral_minimum_order = _number(
        gettext_lazy("The first order counts from, roubles"),
        gettext_lazy("Paid for goods, without delivery. 0: any paid order counts."),
        digits=12,
    )
    referral_hold_days = _count(
        gettext_lazy("Rewards wait for refunds, days"),
        gettext_lazy("From the payment. A refund within them cancels the reward; after them it is paid."),
    )
    referral_visit_days = _count(
        gettext_lazy("A visit by a link is remembered, days"),
        gettext_lazy("The last link counts."),
        least=1,
    )
    referral_day_limit = _count(
        gettext_lazy("Friends of one referrer a day"),
        gettext_lazy("Those above wait for a look by staff. 0: all of them do."),
    )
    referral_month_limit = _count(
        gettext_lazy("Friends of one referrer a month"),
        gettext_lazy("Of the shop's calendar month. Those above wait for a look by staff."),
    )
    referral_review_score = _count(
        gettext_lazy("Staff look at referrals from this risk on"),
        gettext_lazy("Each suspicion adds to the risk; meanwhile the reward is held."),
        least=1,
    )
    referral_block_score = _count(
        gettext_lazy("Referrals are refused from this risk on"),
        gettext_lazy("Nothing is paid; staff can still approve. Not below the one before."),
        least=1,
    )
    referral_burst_count = _count(
        gettext_lazy("Suspicious: registrations from one network a day"),
        gettext_lazy("So many newcomers and more speak against each of them."),
        least=1,
    )

    rfm_window_days = _count(
        gettext_lazy("RFM looks back, days"),
        gettext_lazy("Orders and sums within them count for frequency and spend. A change shows after the next night."),
        least=1,
    )
    rfm_vip_percent = _count(
        gettext_lazy("VIP: the best by spend, %"),
        gettext_lazy("Of those who bought within these days. 0: nobody."),
    )
    rfm_vip_amount = _number(
        gettext_lazy("VIP from a spend of, roubles"),
        gettext_lazy("Within these days, instead of the share. Empty: the share decides."),
        required=False,
        digits=12,
    )
    erasure_days = _count(
        gettext_lazy("Customers are forgotten after, days"),
        gettext_lazy("Whoever asks to be forgotten can call it off until then. At most 30 days."),
    )

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings."""
        referrals = [name for name in self.fields if name.startswith(REFERRALS)]
        points = [name for name in self.fields if "point" in name or name in POINTS_TOO]
        rfm = [name for name in self.fields if name.startswith("rfm_") or name == "erasure_days"]
        rest = [name for name in self.fields if name not in {*points, *referrals, *rfm}]
        return [
            (_("Promo codes and orders"), [self[name] for name in rest]),
            (_("Points"), [self[name] for name in points]),
            (_("Inviting friends"), [self[name] for name in referrals]),
            (_("RFM, VIP and privacy"), [self[name] for name in rfm]),
        ]
