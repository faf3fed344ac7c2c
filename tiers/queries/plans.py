"""Memberships on sale (T-5)."""

from tiers.models import MembershipPlan


def plans_on_sale() -> list[MembershipPlan]:
    """With their tiers, the shortest first. One query."""
    return list(MembershipPlan.objects.filter(is_active=True).select_related("tier").order_by("months", "pk"))
