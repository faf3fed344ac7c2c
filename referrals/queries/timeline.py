"""Who brought a customer, whom he brought and what it earned him, on his line of time (CU-10)."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty_site.kernel.texts import money_text, points_text
from loyalty_site.kernel.timeline import Source, Told, rows_of
from referrals.models import Referral, Reward

RIGHT = "referrals.view_referral"


def _came(keys: Sequence[int]) -> dict[int, Told]:
    rows = Referral.objects.filter(pk__in=keys).select_related("referrer", "ambassador")
    return {
        row.pk: Told(
            text=_("Came by the invitation of %(name)s") % {"name": row.referrer or row.ambassador},
            detail=str(row.get_via_display()),
            url=_page(row),
            tone="info",
        )
        for row in rows
    }


def _brought(keys: Sequence[int]) -> dict[int, Told]:
    rows = Referral.objects.filter(pk__in=keys).select_related("newcomer")
    return {
        row.pk: Told(
            text=_("Brought %(name)s") % {"name": row.newcomer},
            detail=str(row.get_via_display()),
            url=_page(row),
            tone="good",
        )
        for row in rows
    }


def _paid(keys: Sequence[int]) -> dict[int, Told]:
    rows = Reward.objects.filter(pk__in=keys).select_related("referral", "promo_code")
    return {
        row.pk: Told(text=_("Referral reward paid"), detail=_worth(row), url=_page(row.referral), tone="good")
        for row in rows
    }


def _worth(row: Reward) -> str:
    if row.promo_code is not None:
        return row.promo_code.code
    return points_text(int(row.amount)) if row.kind == "points" else money_text(row.amount)


def _page(row: Referral) -> str:
    return reverse("admin:referrals_referral_page", args=[row.pk])


SOURCES = (
    Source("came", "referrals", RIGHT, "registered_at", rows_of(Referral, "newcomer"), _came),
    Source("brought", "referrals", RIGHT, "registered_at", rows_of(Referral, "referrer"), _brought),
    Source("reward", "referrals", RIGHT, "paid_at", rows_of(Reward, "payee"), _paid),
)
