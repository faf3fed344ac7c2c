"""Addresses of links."""

from django.urls import path

from referrals.views import landing

app_name = "referrals"
urlpatterns = [
    path("r/<plain:code>", landing.landing, name="landing"),
    # Some put a stroke behind every address: led on to the one above.
    path("r/<plain:code>/", landing.landing),
]
