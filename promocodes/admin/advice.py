"""The panel beside the editor's form: what the terms mean and do to a sample basket, what to think twice about."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

import customers.queries
from customers.models import Programme
from loyalty_site.kernel.errors import DomainError
from loyalty_site.kernel.texts import percent_text
from promocodes.admin import ports
from promocodes.admin.forms import TermsForm
from promocodes.admin.rivals import no_gain
from promocodes.admin.words import spec_facts
from promocodes.models import CodeType
from promocodes.queries.overlaps import overlapping_campaigns
from promocodes.rules.spec import CodeSpec
from promocodes.rules.summary import summary

LARGE_PERCENT = Decimal(50)


@dataclass(frozen=True)
class Panel:
    """`example` is what the port for sample quotes gives, None while the terms are not complete."""

    sentence: str
    example: Any
    warnings: tuple[str, ...]


def panel(form: TermsForm, edited_id: int | None = None) -> Panel:
    if not form.is_bound:
        # The form was opened, not sent: what it shows is judged as if it had been typed.
        form = TermsForm(
            {name: value for name, value in form.initial.items() if value is not None},
            initial=form.initial,
            categories=form.fields["categories"].choices,  # type: ignore[attr-defined]
            segments=form.fields["segment"].choices[1:],  # type: ignore[attr-defined]
            tiers=form.fields["tier"].choices[1:],  # type: ignore[attr-defined]
        )
    values = form.known_values()
    names = ports.category_names()
    segments, tiers = ports.segment_names(), dict(form.fields["tier"].choices)  # type: ignore[attr-defined]
    return Panel(
        sentence=summary(spec_facts(values, names, segments, tiers)),
        example=_example(values),
        warnings=tuple(_warnings(values)),
    )


def _example(values: Mapping[str, Any]) -> Any:
    value_known = values.get("value") is not None or values.get("type") == CodeType.FREE_SHIPPING
    if not (value_known and values.get("starts_at") and values.get("ends_at")):
        return None
    spec = CodeSpec(
        type=values["type"],
        value=values.get("value"),
        categories=tuple(values.get("categories") or ()),
        required_categories=tuple(values.get("required_categories") or ()),
        minimum_order=values.get("minimum_order"),
        starts_at=values["starts_at"],
        ends_at=values["ends_at"],
    )
    try:
        return ports.sample_quote(spec)
    except DomainError:
        return None


def _warnings(values: Mapping[str, Any]) -> list[str]:
    programme = customers.queries.programme()
    found = (
        _too_much(values),
        no_gain(values, programme),
        _too_late(values),
        _second_person(values, programme),
        _overlaps(values),
    )
    return [warning for warning in found if warning]


def _too_much(values: Mapping[str, Any]) -> str:
    kind, value, minimum = values.get("type"), values.get("value"), values.get("minimum_order")
    if value is None:
        return ""
    if kind in (CodeType.PERCENT, CodeType.CASHBACK) and value > LARGE_PERCENT:
        return _("More than %(percent)s: is this what you mean?") % {"percent": percent_text(LARGE_PERCENT)}
    if kind == CodeType.FIXED and (minimum is None or value >= minimum):
        return _("A small order may become free of charge: the amount is not below the minimum of the order.")
    return ""


def _too_late(values: Mapping[str, Any]) -> str:
    ends_at = values.get("ends_at")
    if ends_at and ends_at <= timezone.now():
        return _("The period is already over: such a code cannot be activated.")
    return ""


def _second_person(values: Mapping[str, Any], programme: Programme) -> str:
    value = values.get("value")
    if value is None:
        return ""
    is_sum = values.get("type") == CodeType.FIXED
    limit = programme.second_person_amount if is_sum else programme.second_person_percent
    if limit is None or value <= limit:
        return ""
    return _("A discount this large is activated by somebody other than the one who entered it.")


def _overlaps(values: Mapping[str, Any]) -> str:
    starts_at, ends_at = values.get("starts_at"), values.get("ends_at")
    if not (starts_at and ends_at and starts_at < ends_at):
        return ""
    found = overlapping_campaigns(
        starts_at=starts_at,
        ends_at=ends_at,
        categories=ports.related_categories(values.get("categories") or ()),
        own_campaign=values.get("campaign") or "",
    )
    if not found:
        return ""
    links = [
        format_html(
            '<a href="{}">{}</a>',
            reverse("admin:promocodes_campaign_change", args=[campaign.pk]),
            _("“%(name)s”") % {"name": campaign.name},
        )
        for campaign in found
    ]
    joined = format_html(", ".join(["{}"] * len(links)), *links)
    text = _("Overlaps in time and goods with {campaigns}. An order takes one code only.")
    return format_html(text, campaigns=joined)
