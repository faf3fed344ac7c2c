"""The terms of a code, back in the shape they are asked for."""

from dataclasses import replace

from promocodes.models import PromoCode, Terms
from promocodes.rules.spec import CodeSpec


def spec_of(promo_code: PromoCode) -> CodeSpec:
    """The `CodeSpec` that would make this code again; `edit_code` takes it with changes."""
    owner = promo_code.customer
    return replace(terms_spec(promo_code.terms, promo_code.max_uses), customer=owner.public_id if owner else None)


def terms_spec(terms: Terms, max_uses: int | None) -> CodeSpec:
    return CodeSpec(
        type=terms.type,
        value=terms.value,
        categories=tuple(terms.categories),
        required_categories=tuple(terms.required_categories),
        minimum_order=terms.minimum_order,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        max_uses=max_uses,
        max_uses_per_customer=terms.max_uses_per_customer,
        first_order_only=terms.first_order_only,
        segment=terms.segment,
        tier=terms.tier or None,
        campaign=terms.campaign.name if terms.campaign else None,
    )


def has_shared_terms(code: PromoCode) -> bool:
    """Whether other codes go by the same terms: those of a batch, or of rewards issued together."""
    return PromoCode.objects.filter(terms=code.terms_id).exclude(pk=code.pk).exists()
