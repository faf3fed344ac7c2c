"""What a customer is asked to agree to, word for word (CU-2)."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Consent
from loyalty_site.kernel.guards import never_changed, never_lost


class ConsentText(models.Model):
    """The text of one purpose in one version. A new wording is a new version; the old ones stay as they were shown.

    The newest version of a purpose is the one in force. A `Consent` names its text by `purpose` and `text_version`.
    """

    purpose = models.CharField(_("purpose"), max_length=16, choices=Consent.Purpose.choices)
    version = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("text"), max_length=4000)
    text_en = models.TextField(_("text in English"), max_length=4000, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("in force since"))

    class Meta:
        verbose_name = _("text of a consent")
        verbose_name_plural = _("texts of consents")
        default_permissions = ("add", "view")
        triggers = [*never_lost(), *never_changed()]
        constraints = [models.UniqueConstraint("purpose", "version", name="customers_consent_text_once")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.version}"

    @property
    def words(self) -> str:
        """In the reader's language, as it was shown."""
        return (self.text_en or self.text) if (get_language() or "").startswith("en") else self.text
