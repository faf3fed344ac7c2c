"""The settings of the programme."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


@pghistory.track()
class Programme(models.Model):
    """The settings of the programme: one row. It lies at the bottom because every app reads it."""

    class PercentPolicy(models.TextChoices):
        REPLACE = "replace", _("a code replaces the current discount")
        BEST = "best", _("the better of the two")

    class RewardKind(models.TextChoices):
        """What a reward for a referral is: `referrer_reward` counts points, roubles off or percent off (R-3)."""

        POINTS = "points", _("points")
        FIXED_CODE = "fixed_code", _("a promo code for a sum")
        PERCENT_CODE = "percent_code", _("a promo code for a percent")

    class RefereeRewardAt(models.TextChoices):
        REGISTRATION = "registration", _("at registration")
        FIRST_ORDER = "first_order", _("after the first order")

    percent_policy = models.CharField(
        _("percent codes"), max_length=8, choices=PercentPolicy.choices, default=PercentPolicy.REPLACE
    )
    unpaid_order_ttl_minutes = models.PositiveIntegerField(_("unpaid orders live, minutes"), default=60)
    base_earn_percent = models.DecimalField(_("base cashback, %"), max_digits=5, decimal_places=2, default=10)
    sale_goods_excluded = models.BooleanField(_("codes skip goods with a struck-through price"), default=False)
    second_person_percent = models.DecimalField(
        _("a second person activates codes above, %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    second_person_amount = models.DecimalField(
        _("a second person activates codes above, roubles"), max_digits=12, decimal_places=2, null=True, blank=True
    )

    point_value = models.DecimalField(_("a point pays, roubles"), max_digits=8, decimal_places=2, default=1)
    points_cap_percent = models.DecimalField(
        _("points pay at most, % of the goods"), max_digits=5, decimal_places=2, default=30
    )
    points_hold_days = models.PositiveSmallIntegerField(_("earned points wait, days"), default=0)
    points_life_days = models.PositiveSmallIntegerField(_("points live, days"), default=365)
    points_grace_days = models.PositiveSmallIntegerField(_("returned points live at least, days"), default=14)
    first_purchase_bonus = models.PositiveIntegerField(_("points for the first purchase"), default=300)
    second_person_points = models.PositiveIntegerField(
        _("a second person confirms corrections above, points"), null=True, blank=True
    )

    referral_hold_days = models.PositiveSmallIntegerField(_("referrals wait for refunds, days"), default=14)
    referrer_reward_kind = models.CharField(
        _("the referrer gets"), max_length=16, choices=RewardKind.choices, default=RewardKind.POINTS
    )
    referrer_reward = models.PositiveIntegerField(_("reward of the referrer"), default=300)
    referee_reward_kind = models.CharField(
        _("the newcomer gets"), max_length=16, choices=RewardKind.choices, default=RewardKind.POINTS
    )
    referee_reward = models.PositiveIntegerField(_("reward of the newcomer"), default=0)
    referee_reward_at = models.CharField(
        _("the newcomer gets it"), max_length=16, choices=RefereeRewardAt.choices, default=RefereeRewardAt.REGISTRATION
    )
    referral_code_days = models.PositiveSmallIntegerField(_("promo codes for referrals live, days"), default=90)
    referral_minimum_order = models.DecimalField(
        _("the first order counts from, roubles"), max_digits=12, decimal_places=2, default=0
    )
    referral_visit_days = models.PositiveSmallIntegerField(_("visits by a link are remembered, days"), default=30)
    referral_day_limit = models.PositiveIntegerField(_("friends a day"), default=10)
    referral_month_limit = models.PositiveIntegerField(_("friends a month"), default=50)
    referral_review_score = models.PositiveSmallIntegerField(
        _("a person looks at referrals from, points of risk"), default=50
    )
    referral_block_score = models.PositiveSmallIntegerField(
        _("referrals are refused from, points of risk"), default=100
    )
    referral_burst_count = models.PositiveSmallIntegerField(_("registrations from one network a day"), default=5)

    rfm_window_days = models.PositiveSmallIntegerField(_("RFM looks back, days"), default=365)
    rfm_vip_percent = models.PositiveSmallIntegerField(_("VIP: the best by spend, %"), default=5)
    rfm_vip_amount = models.DecimalField(
        _("VIP from a spend of, roubles"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    erasure_days = models.PositiveSmallIntegerField(_("customers are forgotten after, days"), default=14)

    class Meta:
        verbose_name = _("programme settings")
        verbose_name_plural = _("programme settings")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="programme_one_row"),
            models.CheckConstraint(
                condition=Q(base_earn_percent__gte=0, base_earn_percent__lte=100), name="programme_earn_percent"
            ),
            models.CheckConstraint(condition=Q(unpaid_order_ttl_minutes__gte=1), name="programme_unpaid_ttl_positive"),
            models.CheckConstraint(condition=Q(point_value__gt=0), name="programme_point_value_positive"),
            models.CheckConstraint(
                condition=Q(points_cap_percent__gte=0, points_cap_percent__lte=100), name="programme_points_cap_percent"
            ),
            models.CheckConstraint(condition=Q(points_life_days__gte=1), name="programme_points_life_positive"),
            models.CheckConstraint(
                condition=Q(referral_review_score__gte=1, referral_review_score__lte=models.F("referral_block_score")),
                name="programme_referral_scores",
            ),
            models.CheckConstraint(
                condition=Q(referral_code_days__gte=1, referral_visit_days__gte=1), name="programme_referral_days"
            ),
            models.CheckConstraint(
                condition=(~Q(referrer_reward_kind="percent_code") | Q(referrer_reward__lte=100))
                & (~Q(referee_reward_kind="percent_code") | Q(referee_reward__lte=100)),
                name="programme_referral_percents",
            ),
            models.CheckConstraint(condition=Q(rfm_window_days__gte=1, rfm_vip_percent__lte=100), name="programme_rfm"),
        ]

    def __str__(self) -> str:
        return str(_("programme settings"))
