"""Rows of promo codes with plain defaults around `NOW`; every argument may be given."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from promocodes.models import Batch, Campaign, PromoCode, Terms
from promocodes.rules import CodeSpec
from promocodes.rules.generation import random_code
from tests.factories import NOW, CampaignFactory, PromoCodeFactory, TermsFactory


def make_campaign(**fields: Any) -> Campaign:
    return CampaignFactory.create(**fields)


def make_terms(**fields: Any) -> Terms:
    """5 % on everything, ten days before and after `NOW`."""
    return TermsFactory.create(**_period_and_value(fields))


def make_code(
    *, switch: bool | None = True, max_uses: int | None = None, terms: Terms | None = None, **fields: Any
) -> PromoCode:
    """An active code; `fields` are those of its terms, and `code`."""
    code = fields.pop("code", None) or random_code()
    terms = terms or make_terms(**fields)
    return PromoCodeFactory.create(code=code, switch=switch, max_uses=max_uses, terms=terms)


def make_batch(**fields: Any) -> Batch:
    terms = fields.pop("terms", None) or make_terms()
    return Batch.objects.create(**({"count": 3, "code_length": 10} | fields), terms=terms)


def make_spec(**fields: Any) -> CodeSpec:
    """What a manager asks for: 5 % on everything around `NOW`."""
    return CodeSpec(**_period_and_value(fields))


def _period_and_value(fields: dict[str, Any]) -> dict[str, Any]:
    kind = fields.get("type", "percent")
    value = None if kind == "free_shipping" else Decimal("5.00")
    period = {"starts_at": NOW - timedelta(days=10), "ends_at": NOW + timedelta(days=10)}
    return {"type": kind, "value": value} | period | fields
