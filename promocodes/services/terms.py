"""Writing terms: checked against the catalogue and segments, with the campaign found or made."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Segment, User
from loyalty_site.kernel.errors import FieldError, InvalidInput, invalid
from promocodes.models import Campaign, Terms
from promocodes.queries.tiers import tier_names
from promocodes.rules.spec import CodeSpec, spec_errors

NAME_LENGTH = 200


def checked(spec: CodeSpec, *more: FieldError, kept_tier: str = "") -> None:
    """Raise `InvalidInput` with every wrong field of `spec`, `more` included.

    `kept_tier` is one that the terms ask for already: it may have gone from the ladder since.
    """
    errors = [*spec_errors(spec), *_unknown_names(spec), *_unknown_tier(spec, kept_tier), *more]
    if errors:
        raise InvalidInput(*errors)


def owner_of(spec: CodeSpec) -> Customer | None:
    """The customer of a personal code, held; a merged record's id leads to the one that stayed (CU-3).

    Raises `InvalidInput` when there is no such customer, or nobody any more (CU-4).
    """
    if spec.customer is None:
        return None
    rows = Customer.objects.select_for_update(of=("self",), no_key=True)
    owner = rows.filter(public_id=spec.customer).first()
    if owner is not None and owner.merged_into_id is not None:
        owner = rows.get(pk=owner.merged_into_id)
    if owner is None or owner.erased_at is not None:
        raise invalid("customer", _("There is no such customer."), "unknown_customer")
    return owner


def create_terms(spec: CodeSpec, by: User | None) -> Terms:
    """The row of terms that `spec` asks for. Call `checked` first."""
    return Terms.objects.create(**term_fields(spec), created_by=by)


def term_fields(spec: CodeSpec) -> dict[str, Any]:
    """Columns of `Terms` for `spec`."""
    return {
        "campaign": campaign_named(spec.campaign),
        "type": spec.type,
        "value": spec.value,
        "categories": sorted(set(spec.categories)),
        "required_categories": sorted(set(spec.required_categories)),
        "minimum_order": spec.minimum_order,
        "starts_at": spec.starts_at,
        "ends_at": spec.ends_at,
        "max_uses_per_customer": spec.max_uses_per_customer,
        "first_order_only": spec.first_order_only,
        "segment": spec.segment or None,
        "tier": spec.tier or "",
    }


def campaign_named(name: str | None) -> Campaign | None:
    """The campaign of that name, made without a budget when there is none yet."""
    if not name or not name.strip():
        return None
    return Campaign.objects.get_or_create(name=name.strip())[0]


def _unknown_names(spec: CodeSpec) -> Iterator[FieldError]:
    asked = {"categories": spec.categories, "required_categories": spec.required_categories}
    if any(asked.values()):
        known = import_string(settings.PROMOCODES_KNOWN_CATEGORIES)(chain.from_iterable(asked.values()))
        for field, slugs in asked.items():
            if missing := sorted(set(slugs) - known):
                detail = _("There is no such category: %(slugs)s.") % {"slugs": ", ".join(missing)}
                yield FieldError(field, "unknown", detail)
    if spec.segment and not Segment.objects.filter(code=spec.segment, archived_at=None).exists():
        yield FieldError("segment", "unknown", _("There is no such segment."))
    if spec.campaign and len(spec.campaign) > NAME_LENGTH:
        yield FieldError("campaign", "too_long", _("The name of a campaign has at most 200 characters."))


def _unknown_tier(spec: CodeSpec, kept_tier: str) -> Iterator[FieldError]:
    if not spec.tier or spec.tier == kept_tier:
        return
    if spec.tier not in tier_names():
        yield FieldError("tier", "unknown", _("There is no such tier."))
