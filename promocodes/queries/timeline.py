"""Codes given to a customer and used by him, on his line of time (CU-10)."""

from collections.abc import Callable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty_site.kernel.texts import last_day_text, money_text
from loyalty_site.kernel.timeline import Source, Told, rows_of
from promocodes.models import PromoCode, Redemption

RIGHT = "promocodes.view_promocode"


def _used(keys: Sequence[int]) -> dict[int, Told]:
    return _uses(keys, lambda: _("Promo code used"), "good")


def _released(keys: Sequence[int]) -> dict[int, Told]:
    return _uses(keys, lambda: _("Use of a promo code released"), "")


def _uses(keys: Sequence[int], text: Callable[[], str], tone: str) -> dict[int, Told]:
    rows = Redemption.objects.filter(pk__in=keys).select_related("promo_code")
    return {
        row.pk: Told(
            text=f"{text()}: {row.promo_code.code}",
            detail=_("discount %(amount)s") % {"amount": money_text(row.discount)},
            ref=row.order_ref,
            url=_page(row.promo_code_id),
            tone=tone,
        )
        for row in rows
    }


def _given(keys: Sequence[int]) -> dict[int, Told]:
    rows = PromoCode.objects.filter(pk__in=keys).select_related("terms__created_by")
    return {
        row.pk: Told(
            text=_("Personal code given: %(code)s") % {"code": row.code},
            detail=_("until %(day)s") % {"day": last_day_text(row.terms.ends_at)},
            url=_page(row.pk),
            by=str(row.terms.created_by) if row.terms.created_by else "",
            tone="info",
        )
        for row in rows
    }


def _page(key: int) -> str:
    return reverse("admin:promocodes_promocode_page", args=[key])


SOURCES = (
    Source("code given", "codes", RIGHT, "terms__created_at", rows_of(PromoCode, "customer"), _given),
    Source("code used", "codes", RIGHT, "redeemed_at", rows_of(Redemption, "customer"), _used),
    Source("code released", "codes", RIGHT, "released_at", rows_of(Redemption, "customer"), _released),
)
