"""Two customers side by side, before they become one (CU-3)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Sum
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from customers.models import Consent, Customer
from customers.queries.merge_texts import step_sentences
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.texts import day_text, money_text, number_text

Fact = tuple[str, str]


@dataclass(frozen=True)
class MergePreview:
    """What will happen, as sentences; `refusal` says why it cannot."""

    sentences: tuple[str, ...]
    refusal: str = ""


def merge_facts(customer: Customer, *, now: datetime) -> list[Fact]:
    """What is known of one of the two, as (label, text), the same labels for everybody."""
    bought = customer.purchases.aggregate(count=Count("pk"), spent=Sum("goods_amount"), last=Max("paid_at"))
    own = [
        (_("Registered"), day_text(customer.registered_at)),
        (_("Purchases"), number_text(bought["count"])),
        (_("Paid for goods"), money_text(bought["spent"] or Decimal(0))),
        (_("Last purchase"), day_text(bought["last"]) if bought["last"] else "—"),
        (_("Consents"), _consents(customer)),
        (_("Signs in"), customer.user.email if customer.user else "—"),
    ]
    others: list[Fact] = []
    for path in settings.CUSTOMERS_MERGE_FACTS:
        others += import_string(path)(customer.pk, now=now)
    return own + others


def merge_preview(survivor_id: int, absorbed_id: int, *, now: datetime) -> MergePreview:
    """In the words in which it is told afterwards."""
    steps: list[dict[str, Any]] = []
    try:
        for path in settings.CUSTOMERS_MERGE_PREVIEWS:
            steps += import_string(path)(survivor_id, absorbed_id, now=now)
    except DomainError as refusal:
        return MergePreview((), str(refusal))
    return MergePreview(tuple(step_sentences(steps)))


def preview_own(survivor_id: int, absorbed_id: int, *, now: datetime) -> list[dict[str, Any]]:
    """The port CUSTOMERS_MERGE_PREVIEWS for what the app itself holds."""
    consents = Consent.objects.filter(customer=absorbed_id).exists()
    return [{"part": "consents", "count": 1, "withdrawn": []}] if consents else []


def _consents(customer: Customer) -> str:
    labels = dict(Consent.Purpose.choices)
    live = Consent.objects.filter(customer=customer, withdrawn_at=None).order_by("purpose")
    return ", ".join(str(labels[purpose]) for purpose in live.values_list("purpose", flat=True)) or "—"
