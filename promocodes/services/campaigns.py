"""Campaigns and their budgets (PC-15, PC-17)."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from customers.models import User
from loyalty_site.kernel.errors import FieldError, InvalidInput, NotFound
from loyalty_site.kernel.texts import money_text
from loyalty_site.kernel.transactions import requires_transaction
from promocodes.models import Campaign, CampaignSpending
from promocodes.services.history import written_by


@requires_transaction
def create_campaign(
    *,
    name: str,
    budget: Decimal | None = None,
    budget_policy: str = Campaign.BudgetPolicy.REFUSE,
    note: str = "",
    by: User | None,
    now: datetime,
) -> Campaign:
    """A campaign; its counter comes with it, by a trigger. Raises `InvalidInput` on a taken name or a wrong budget."""
    _check(Campaign(), name, budget, budget_policy)
    with written_by(by, "create"):
        return Campaign.objects.create(
            name=name.strip(), budget=budget, budget_policy=budget_policy, note=note, created_by=by
        )


@requires_transaction
def edit_campaign(
    *,
    campaign_id: int,
    name: str,
    budget: Decimal | None,
    budget_policy: str,
    note: str = "",
    by: User | None,
    now: datetime,
) -> Campaign:
    """Change a campaign. A budget below what is already spent is refused."""
    campaign = Campaign.objects.select_for_update(no_key=True).filter(pk=campaign_id).first()
    if campaign is None:
        raise NotFound
    spending = CampaignSpending.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    _check(campaign, name, budget, budget_policy)
    if budget is not None and budget < spending.spent:
        detail = _("%(spent)s have already been given: the budget cannot be lower.")
        raise InvalidInput(FieldError("budget", "below_spent", detail % {"spent": money_text(spending.spent)}))
    with written_by(by, "edit"):
        campaign.name, campaign.note = name.strip(), note
        campaign.budget, campaign.budget_policy = budget, budget_policy
        campaign.save()
    return campaign


def _check(campaign: Campaign, name: str, budget: Decimal | None, budget_policy: str) -> None:
    errors = []
    if not name.strip() or len(name) > 200:
        errors.append(FieldError("name", "invalid", _("Enter a name of at most 200 characters.")))
    elif Campaign.objects.filter(name=name.strip()).exclude(pk=campaign.pk).exists():
        errors.append(FieldError("name", "taken", _("There is a campaign of this name already.")))
    if budget is not None and not (budget.is_finite() and 0 <= budget < 10**10):
        errors.append(FieldError("budget", "out_of_range", _("Enter an amount, or leave it empty.")))
    if budget_policy not in Campaign.BudgetPolicy.values:
        errors.append(FieldError("budget_policy", "unknown", _("There is no such choice.")))
    if errors:
        raise InvalidInput(*errors)
