"""Whose code somebody names: for the search for customers (CU-10)."""

from promocodes.models import PromoCode, Redemption
from promocodes.rules import readings

MOST_CODE = 32


def customers_of_code(text: str, *, limit: int) -> list[int]:
    """Who owns the code, then who used it, the latest first. No query for what can be no code, else two at most."""
    spellings = readings(text) if " " not in text and "@" not in text and len(text) <= MOST_CODE else ()
    if not spellings:
        return []
    codes = list(PromoCode.objects.filter(code__in=spellings).values_list("pk", "customer"))
    if not codes:
        return []
    used = Redemption.objects.filter(promo_code__in=[key for key, _owner in codes], released_at=None)
    users = used.order_by("-redeemed_at").values_list("customer", flat=True)[:limit]
    found = [*(owner for _key, owner in codes), *users]
    return [key for key in dict.fromkeys(found) if key is not None][:limit]
