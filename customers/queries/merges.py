"""Two customers side by side, before they become one (CU-3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Count, Max, Model, Sum
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from customers.models import (
    Consent,
    Customer,
    CustomerNote,
    CustomerTag,
    ErasureRequest,
    Purchase,
    SegmentMembership,
)
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
        (_("Signs in"), _sign_in(customer)),
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
    return MergePreview(tuple(step_sentences(_with_what_goes_back(steps))))


def _with_what_goes_back(steps: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Points that were paid for a referral between the two are taken back before the accounts become one."""
    known = list(steps)
    back = sum(step.get("taken_back", 0) for step in known)
    return [
        {**step, "points": step["points"] - back} if step["part"] == "points" and step["points"] >= back else step
        for step in known
    ]


def preview_own(survivor_id: int, absorbed_id: int, *, now: datetime) -> list[dict[str, Any]]:
    """The port CUSTOMERS_MERGE_PREVIEWS for what the app itself holds, in the order in which it is moved."""
    both = [survivor_id, absorbed_id]
    purchases = Purchase.objects.filter(customer=absorbed_id).count()
    consents = Consent.objects.filter(customer=absorbed_id).count()
    marks = {
        "notes": CustomerNote.objects.filter(customer=absorbed_id).count(),
        "tags": _not_had(CustomerTag, "tag", *both),
        "segments": _not_had(SegmentMembership, "segment", *both),
    }
    requests = ErasureRequest.objects.filter(customer=absorbed_id).count()
    steps = [
        {"part": "purchases", "count": purchases} if purchases else None,
        {"part": "consents", "count": consents, "withdrawn": withdrawn_by_merge(both)} if consents else None,
        {"part": "marks", **marks} if any(marks.values()) else None,
        {"part": "erasure", "count": requests} if requests else None,
    ]
    return [step for step in steps if step]


def withdrawn_by_merge(customer_ids: Sequence[int]) -> list[str]:
    """Purposes whose live consent ends, because the other record took it back later (CU-2)."""
    given: dict[str, datetime] = {}
    taken: dict[str, datetime] = {}
    for row in Consent.objects.filter(customer__in=customer_ids).order_by("given_at", "pk"):
        if row.withdrawn_at is None:
            given[row.purpose] = row.given_at
        else:
            taken[row.purpose] = max(row.withdrawn_at, taken.get(row.purpose, row.withdrawn_at))
    return [name for name in Consent.Purpose.values if name in given and name in taken and taken[name] > given[name]]


def _not_had(model: type[Model], once: str, survivor_id: int, absorbed_id: int) -> int:
    rows: Any = model._default_manager
    had = rows.filter(customer=survivor_id).values(once)
    return int(rows.filter(customer=absorbed_id).exclude(**{f"{once}__in": had}).count())


def _sign_in(customer: Customer) -> str:
    """Whether the address is confirmed: somebody may have registered with that of another."""
    if customer.user is None:
        return "—"
    email = customer.user.email
    rows = EmailAddress.objects.filter(user=customer.user, email__iexact=email, verified=True)
    return email if rows.exists() else _("%(email)s (not confirmed)") % {"email": email}


def _consents(customer: Customer) -> str:
    labels = dict(Consent.Purpose.choices)
    live = Consent.objects.filter(customer=customer, withdrawn_at=None).order_by("purpose")
    return ", ".join(str(labels[purpose]) for purpose in live.values_list("purpose", flat=True)) or "—"
