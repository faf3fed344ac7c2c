"""Membership plans (T-5): which goods give which tier's privileges, and for how long."""

from django.utils.translation import gettext_lazy as _

from customers.models import User
from loyalty_site.kernel.errors import FieldError, InvalidInput, NotFound
from loyalty_site.kernel.transactions import requires_transaction
from tiers.models import Membership, MembershipPlan, Tier
from tiers.services.history import written_by


@requires_transaction
def save_plan(
    *,
    plan_id: int | None = None,
    code: str,
    name: str,
    sku: str,
    tier: str,
    months: int,
    is_active: bool,
    by: User | None,
) -> MembershipPlan:
    """Make a plan, or change the one of `plan_id`; its code stays. `tier` is a code.

    Memberships that have begun keep what they were bought for, and so does the SKU: refunds find them by it.
    Raises InvalidInput, NotFound.
    """
    plan = MembershipPlan() if plan_id is None else _locked(plan_id)
    if plan_id is None:
        plan.code = code
    plan.name, plan.sku, plan.months, plan.is_active = name.strip(), sku.strip(), months, is_active
    found = Tier.objects.filter(code=tier).first()
    errors = _mistakes(plan)
    if found is None:
        errors.append(FieldError("tier", "unknown", _("There is no such tier.")))
    else:
        plan.tier = found
    if errors:
        raise InvalidInput(*errors)
    with written_by(by, "edit" if plan_id else "create"):
        plan.save()
    return plan


def _locked(plan_id: int) -> MembershipPlan:
    plan = MembershipPlan.objects.select_for_update(no_key=True).filter(pk=plan_id).first()
    if plan is None:
        raise NotFound
    return plan


def _mistakes(plan: MembershipPlan) -> list[FieldError]:
    others = MembershipPlan.objects.exclude(pk=plan.pk)
    errors = []
    if not plan.name or len(plan.name) > 100:
        errors.append(FieldError("name", "invalid", _("Enter a name of at most 100 characters.")))
    if not 1 <= plan.months <= 120:
        errors.append(FieldError("months", "out_of_range", _("From 1 to 120 months.")))
    if plan.pk is None and others.filter(code=plan.code).exists():
        errors.append(FieldError("code", "taken", _("There is a plan with this code already.")))
    if not plan.sku or len(plan.sku) > 64:
        errors.append(FieldError("sku", "invalid", _("Give the SKU of the fee.")))
    elif others.filter(sku=plan.sku).exists():
        errors.append(FieldError("sku", "taken", _("Another plan has this SKU already.")))
    elif Membership.objects.filter(plan=plan.pk).exclude(plan__sku=plan.sku).exists():
        sold = _("Memberships have been sold under the plan's SKU: it stays. Make another plan.")
        errors.append(FieldError("sku", "frozen", sold))
    return errors
