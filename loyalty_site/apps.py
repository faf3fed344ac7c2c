from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LoyaltySiteConfig(AppConfig):
    name = "loyalty_site"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Site")

    def ready(self) -> None:
        from loyalty_site import checks  # noqa: F401  (registers them)
        from loyalty_site.history import protect_history
        from loyalty_site.roles import sync_roles

        # This app is installed last, so by its turn every right exists.
        post_migrate.connect(sync_roles, sender=self, dispatch_uid="loyalty_site.roles")
        post_migrate.connect(protect_history, sender=self, dispatch_uid="loyalty_site.history")
