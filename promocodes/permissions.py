"""Who may do what with promo codes (PC-1). Asked at the edges; creating and activating are different rights."""

from django.contrib.auth.models import AnonymousUser

from customers.models import User


def can_create(user: User | AnonymousUser) -> bool:
    """Create codes and batches, and edit what is not frozen."""
    return user.is_active and user.has_perm("promocodes.add_promocode")


def can_edit(user: User | AnonymousUser) -> bool:
    return user.is_active and user.has_perm("promocodes.change_promocode")


def can_activate(user: User | AnonymousUser) -> bool:
    """Activate and deactivate codes and batches."""
    return user.is_active and user.has_perm("promocodes.activate_promocode")


def can_view(user: User | AnonymousUser) -> bool:
    return user.is_active and user.has_perm("promocodes.view_promocode")
