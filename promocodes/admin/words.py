"""Terms as facts for the summary in plain words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from promocodes.admin.ports import named
from promocodes.models import CodeType, Terms
from promocodes.rules.summary import SummaryFacts

TYPE_HINTS = {
    CodeType.PERCENT: _("A share of the price of all goods or of chosen categories."),
    CodeType.FIXED: _("A sum off the whole order."),
    CodeType.FREE_SHIPPING: _("The customer pays nothing for delivery."),
    CodeType.CASHBACK: _("A share of the price comes back as points."),
}

VALUE_LABELS = {
    CodeType.PERCENT: _("Discount, %"),
    CodeType.FIXED: _("Discount, roubles"),
    CodeType.CASHBACK: _("Cashback, %"),
}


def terms_facts(
    terms: Terms,
    names: Mapping[str, str],
    *,
    max_uses: int | None = None,
    segments: Mapping[str, str] | None = None,
    tiers: Mapping[str, str] | None = None,
    customer_name: str = "",
) -> SummaryFacts:
    return SummaryFacts(
        type=terms.type,
        value=terms.value,
        category_names=named(terms.categories, names),
        required_names=named(terms.required_categories, names),
        minimum_order=terms.minimum_order,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        max_uses=max_uses,
        max_uses_per_customer=terms.max_uses_per_customer,
        first_order_only=terms.first_order_only,
        segment_name=(segments or {}).get(terms.segment, terms.segment) if terms.segment else "",
        tier_name=terms.tier and (terms.tier if tiers is None else tiers.get(terms.tier, terms.tier)),
        customer_name=customer_name,
    )


def spec_facts(
    values: Mapping[str, Any],
    names: Mapping[str, str],
    segments: Mapping[str, str],
    tiers: Mapping[str, str],
) -> SummaryFacts:
    """Facts from what is typed so far; `values` as `TermsForm.known_values` gives them."""
    segment, tier, customer = values.get("segment") or "", values.get("tier") or "", values.get("customer")
    return SummaryFacts(
        type=values.get("type") or CodeType.PERCENT,
        value=values.get("value"),
        category_names=named(values.get("categories") or (), names),
        required_names=named(values.get("required_categories") or (), names),
        minimum_order=values.get("minimum_order"),
        starts_at=values.get("starts_at"),
        ends_at=values.get("ends_at"),
        max_uses=values.get("max_uses"),
        max_uses_per_customer=values.get("max_uses_per_customer"),
        first_order_only=bool(values.get("first_order_only")),
        segment_name=segments.get(segment, segment),
        tier_name=str(tiers.get(tier, tier)) if tier else "",
        customer_name=str(customer or ""),
    )
