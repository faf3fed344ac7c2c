from django.apps import AppConfig


class LoyaltySiteConfig(AppConfig):
    name = "loyalty_site"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Loyalty"
