"""Pages of the ladder as a whole; cards, plans and memberships are lists of objects."""

from django.urls import path

from tiers.admin import ladder, overview, steps

urlpatterns = [
    path("ladder/", overview.show, name="admin_ladder"),
    path("ladder/edit/", ladder.edit, name="admin_ladder_edit"),
    path("discount-ladders/", steps.show, name="admin_discount_steps"),
]
