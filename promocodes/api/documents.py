"""Codes, batches and uses in the API's shape: money as strings, moments with their offset."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from promocodes.models import Batch, PromoCode, Redemption
from promocodes.queries.specs import terms_spec
from promocodes.rules import effective_switch, last_day, state_of
from promocodes.rules.spec import CodeSpec

CREATING = "creating"


def code_document(promo_code: PromoCode, now: datetime) -> dict[str, Any]:
    """`terms`, `terms.campaign`, `terms.batch` and `customer` are best selected with the code."""
    terms = promo_code.terms
    batch: Batch | None = getattr(terms, "batch", None)
    status = state_of(
        switch=effective_switch(promo_code.switch, batch.switch if batch else None),
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        uses=promo_code.uses,
        max_uses=promo_code.max_uses,
        now=now,
    )
    return {
        "code": promo_code.code,
        "status": status.value,
        **terms_document(terms_spec(terms, promo_code.max_uses)),
        "uses": promo_code.uses,
        "batch": batch.pk if batch else None,
        "customer": str(promo_code.customer.public_id) if promo_code.customer else None,
    }


def batch_document(batch: Batch, now: datetime) -> dict[str, Any]:
    """`status` is `creating` until all codes are made, then the state of those nobody switched by hand."""
    terms = batch.terms
    status = state_of(
        switch=batch.switch, starts_at=terms.starts_at, ends_at=terms.ends_at, uses=0, max_uses=None, now=now
    )
    return {
        "id": batch.pk,
        "status": status.value if batch.finished_at else CREATING,
        "created": batch.created_count,
        "count": batch.count,
        "terms": terms_document(terms_spec(terms, batch.max_uses)),
    }


def terms_document(spec: CodeSpec) -> dict[str, Any]:
    zone = ZoneInfo(settings.TIME_ZONE)
    return {
        "type": spec.type,
        "value": _money(spec.value),
        "categories": list(spec.categories),
        "required_categories": list(spec.required_categories),
        "minimum_order": _money(spec.minimum_order),
        "starts_on": spec.starts_at.astimezone(zone).date().isoformat() if _is_midnight(spec.starts_at) else None,
        "ends_on": last_day(spec.ends_at, zone).isoformat() if _is_midnight(spec.ends_at) else None,
        "starts_at": _moment(spec.starts_at),
        "ends_at": _moment(spec.ends_at),
        "max_uses": spec.max_uses,
        "max_uses_per_customer": spec.max_uses_per_customer,
        "first_order_only": spec.first_order_only,
        "segment": spec.segment,
        "tier": spec.tier,
        "campaign": spec.campaign,
    }


def use_document(use: Redemption) -> dict[str, Any]:
    """`customer` is best selected with the use."""
    return {
        "order": use.order_ref.partition(":")[2],
        "customer": str(use.customer.public_id) if use.customer else None,
        "channel": use.channel,
        "discount": _money(use.discount),
        "order_total": _money(use.order_total),
        "redeemed_at": _moment(use.redeemed_at),
        "released_at": _moment(use.released_at) if use.released_at else None,
        "release_reason": use.release_reason,
    }


def _is_midnight(moment: datetime) -> bool:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).time() == time.min


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat()
