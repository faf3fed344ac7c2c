"""What rules of segments may ask of used codes, and which codes use a segment (CU-8)."""

from datetime import datetime

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from customers.models import Segment
from customers.queries.conditions.parts import CODES, DAYS, IS_NONE_OF, IS_ONE_OF, WORDS, Values, ids
from customers.rules.conditions import At, Condition, Operator, Select
from loyalty_site.kernel.texts import number_text
from promocodes.models import Campaign, PromoCode
from promocodes.rules.code_text import readings

USED = _("Promo codes")
RECENTLY = """
SELECT customer_id FROM promocodes_redemption
WHERE released_at IS NULL AND customer_id IS NOT NULL AND redeemed_at >= %s
"""
BY_CODE = """
SELECT u.customer_id FROM promocodes_redemption u JOIN promocodes_promocode p ON p.id = u.promo_code_id
WHERE u.released_at IS NULL AND u.customer_id IS NOT NULL AND p.code = ANY(%s)
"""
BY_CAMPAIGN = """
SELECT u.customer_id FROM promocodes_redemption u JOIN promocodes_promocode p ON p.id = u.promo_code_id
JOIN promocodes_terms t ON t.id = p.terms_id
WHERE u.released_at IS NULL AND u.customer_id IS NOT NULL AND t.campaign_id = ANY(%s)
"""


def _recently(values: Values, at: At) -> Select:
    return ids(RECENTLY, at.days_ago(values["days"]))


def _by_code(values: Values, at: At) -> Select:
    return ids(BY_CODE, [code for word in values["words"] for code in readings(word)])


def _by_campaign(values: Values, at: At) -> Select:
    return ids(BY_CAMPAIGN, [int(code) for code in values["codes"] if code.isdecimal()])


def _campaigns() -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in Campaign.objects.order_by("name").values_list("pk", "name")]


CONDITIONS = (
    Condition(
        "used_code",
        USED,
        _("used a promo code"),
        (
            Operator(
                "within",
                _("any, within the last … days"),
                ngettext_lazy(
                    "used a promo code within the last %(days)s day",
                    "used a promo code within the last %(days)s days",
                    "days",
                ),
                _recently,
                (DAYS,),
            ),
            Operator(
                "not_within",
                _("none, within the last … days"),
                ngettext_lazy(
                    "used no promo code within the last %(days)s day",
                    "used no promo code within the last %(days)s days",
                    "days",
                ),
                _recently,
                (DAYS,),
                is_negative=True,
            ),
            Operator("code", _("of these codes"), _("used the promo code %(words)s"), _by_code, (WORDS,)),
        ),
    ),
    Condition(
        "used_campaign",
        USED,
        _("used a code of the campaign"),
        (
            Operator("in", IS_ONE_OF, _("used a code of the campaign %(codes)s"), _by_campaign, (CODES,)),
            Operator("not_in", IS_NONE_OF, _("used no code of the campaign %(codes)s"), _by_campaign, (CODES,), True),
        ),
        choices=_campaigns,
    ),
)


def segment_uses(segment: Segment, *, now: datetime) -> list[str]:
    """Codes for this segment that may still be used. One query."""
    live = PromoCode.objects.filter(terms__segment=segment.code, terms__ends_at__gt=now).exclude(switch=False)
    codes = list(live.order_by("pk").values_list("code", flat=True)[:2])
    if len(codes) == 1:
        return [_now("promo code %(code)s") % {"code": codes[0]}]
    count = live.count() if codes else 0
    said = ngettext("%(shown)s promo code", "%(shown)s promo codes", count)
    return [said % {"shown": number_text(count)}] if count else []
