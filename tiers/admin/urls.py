"""Pages of the ladder as a whole; cards, plans and memberships are lists of objects."""

from django.urls import path

from tiers.admin import ladder, overview, steps

urlpatterns = [
    path("", overview.show, name="admin_ladder"),
    path("edit/", ladder.edit, name="admin_ladder_edit"),
    path("discounts/", steps.show, name="admin_discount_steps"),
]
