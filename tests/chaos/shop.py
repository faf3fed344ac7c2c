"""A shop for the experiments: one product, codes with the limit in question."""

import uuid
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from customers.models import Customer
from promocodes.models import Campaign, PromoCode, Redemption
from tests.factories import (
    CampaignFactory,
    CustomerFactory,
    DeliveryMethodFactory,
    ProductFactory,
    ProgrammeFactory,
    TermsFactory,
)

SKU = "CHAOS-1"
DELIVERY = "chaos-pickup"


def open_shop() -> None:
    """Once per database."""
    ProgrammeFactory()
    ProductFactory(sku=SKU, price=Decimal("1000.00"))
    DeliveryMethodFactory(code=DELIVERY, price=Decimal("0.00"), needs_address=False)


def new_codes(
    count: int = 1, *, max_uses: int | None = None, per_customer: int | None = None, budget: Decimal | None = None
) -> list[PromoCode]:
    """Active `fixed` codes of 100.00 in a campaign of their own."""
    now = timezone.now()
    terms = TermsFactory(
        campaign=CampaignFactory(name=f"Chaos {uuid.uuid4()}", budget=budget),
        type="fixed",
        value=Decimal("100.00"),
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=1),
        max_uses_per_customer=per_customer,
    )
    texts = [uuid.uuid4().hex[:16].upper() for _ in range(count)]
    return [PromoCode.objects.create(code=text, terms=terms, switch=True, max_uses=max_uses) for text in texts]


def new_customer() -> Customer:
    return CustomerFactory(email=f"{uuid.uuid4().hex}@shop.test")


def uses_of(codes: list[PromoCode]) -> int:
    """Live uses: rows are counted, never the counter alone."""
    return Redemption.objects.filter(promo_code__in=codes, released_at=None).count()


def counters_of(codes: list[PromoCode]) -> int:
    return sum(PromoCode.objects.filter(pk__in=[code.pk for code in codes]).values_list("uses", flat=True))


def spending_of(campaign: Campaign) -> Decimal:
    campaign.spending.refresh_from_db()
    return campaign.spending.spent


def forget_uses(codes: list[PromoCode]) -> None:
    """What the control took stands for no order: released, so that the doctor finds a healthy shop again."""
    live = Redemption.objects.filter(promo_code__in=codes, released_at=None)
    live.update(released_at=timezone.now(), release_reason="control")
