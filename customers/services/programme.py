"""The settings of the programme: one row."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models import Programme
from loyalty_site.kernel.errors import FieldError, InvalidInput
from loyalty_site.kernel.texts import number_text
from loyalty_site.kernel.transactions import requires_transaction

CHANGEABLE = (
    "percent_policy",
    "unpaid_order_ttl_minutes",
    "base_earn_percent",
    "sale_goods_excluded",
    "second_person_percent",
    "second_person_amount",
    "point_value",
    "points_cap_percent",
    "points_hold_days",
    "points_life_days",
    "points_grace_days",
    "first_purchase_bonus",
    "second_person_points",
    "referral_hold_days",
    "referrer_reward_kind",
    "referrer_reward",
    "referee_reward_kind",
    "referee_reward",
    "referee_reward_at",
    "referral_code_days",
    "referral_minimum_order",
    "referral_visit_days",
    "referral_day_limit",
    "referral_month_limit",
    "referral_review_score",
    "referral_block_score",
    "referral_burst_count",
    "rfm_window_days",
    "rfm_vip_percent",
    "rfm_vip_amount",
    "erasure_days",
)

TEN_YEARS_IN_DAYS = 3650
WHOLE_PERCENT = 100

# Least and most of each number, for services, the API and forms alike. The database holds some of these too, but does
# not say which setting was wrong.
RANGES: Mapping[str, tuple[int | Decimal, int | Decimal]] = {
    "base_earn_percent": (0, 100),
    "unpaid_order_ttl_minutes": (1, 525_600),
    "second_person_percent": (0, 100),
    "second_person_amount": (0, 9_999_999_999),
    "point_value": (Decimal("0.01"), Decimal("999999.99")),
    "points_cap_percent": (0, 100),
    "points_hold_days": (0, TEN_YEARS_IN_DAYS),
    "points_life_days": (1, TEN_YEARS_IN_DAYS),
    "points_grace_days": (0, TEN_YEARS_IN_DAYS),
    "first_purchase_bonus": (0, 1_000_000),
    "second_person_points": (0, 100_000_000),
    "referral_hold_days": (0, TEN_YEARS_IN_DAYS),
    "referrer_reward": (0, 1_000_000),
    "referee_reward": (0, 1_000_000),
    "referral_code_days": (1, TEN_YEARS_IN_DAYS),
    "referral_minimum_order": (0, 9_999_999_999),
    "referral_visit_days": (1, 365),
    "referral_day_limit": (0, 1_000_000),
    "referral_month_limit": (0, 1_000_000),
    "referral_review_score": (1, 1000),
    "referral_block_score": (1, 1000),
    "referral_burst_count": (1, 10_000),
    "rfm_window_days": (1, TEN_YEARS_IN_DAYS),
    "rfm_vip_percent": (0, 100),
    "rfm_vip_amount": (0, 9_999_999_999),
    "erasure_days": (0, 30),
}


@requires_transaction
def update_programme(*, changes: Mapping[str, Any]) -> Programme:
    """Raises InvalidInput with one entry for each wrong field; then nothing changes."""
    unknown = [
        FieldError(name, "unknown_field", _("There is no such setting.")) for name in changes if name not in CHANGEABLE
    ]
    wrong = unknown + [
        FieldError(name, "out_of_range", _range_text(least, most))
        for name, (least, most) in RANGES.items()
        if changes.get(name) is not None and not least <= changes[name] <= most
    ]
    if wrong:
        raise InvalidInput(*wrong)
    programme, _made = Programme.objects.select_for_update(no_key=True).get_or_create(pk=1)
    for name, value in changes.items():
        setattr(programme, name, value)
    disagreeing = _disagreeing(programme)
    if disagreeing:
        raise InvalidInput(*disagreeing)
    try:
        programme.full_clean()
    except ValidationError as error:
        raise InvalidInput(
            *(FieldError(name, "invalid", " ".join(messages)) for name, messages in error.message_dict.items())
        ) from error
    programme.save()
    return programme


def _disagreeing(programme: Programme) -> list[FieldError]:
    """Settings that are right each by itself and wrong together, said at the one to mend."""
    percent = Programme.RewardKind.PERCENT_CODE
    wrong = [
        FieldError(name, "out_of_range", _("A discount is at most 100 %."))
        for name in ("referrer_reward", "referee_reward")
        if getattr(programme, f"{name}_kind") == percent and getattr(programme, name) > WHOLE_PERCENT
    ]
    review, block = programme.referral_review_score, programme.referral_block_score
    if review > block:
        text = _("Staff look from %(review)s on, so refusing cannot begin below that.")
        wrong.append(FieldError("referral_block_score", "out_of_range", text % {"review": number_text(review)}))
    return wrong


def _range_text(least: int | Decimal, most: int | Decimal) -> str:
    return _("From %(least)s to %(most)s.") % {"least": number_text(least), "most": number_text(most)}
