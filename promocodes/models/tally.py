"""How often codes are tried."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from promocodes.models.code import PromoCode


class QuoteTally(models.Model):
    """How often a code was tried in quotes, by day, channel and outcome (PC-21).

    `outcome` is `applied` or the reason it was not. `promo_code` is NULL for strings that are no code.
    Counted in Redis while people shop, rolled up by the worker: a quote itself writes nothing (Q-7).
    """

    promo_code = models.ForeignKey(
        PromoCode, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("promo code")
    )
    day = models.DateField(_("day"))
    channel = models.CharField(_("channel"), max_length=16)
    outcome = models.CharField(_("outcome"), max_length=32)
    count = models.PositiveIntegerField(_("quotes"), default=0)

    class Meta:
        verbose_name = _("quotes of a code")
        verbose_name_plural = _("quotes of codes")
        constraints = [
            models.UniqueConstraint(
                "promo_code", "day", "channel", "outcome", name="quote_tally_once", nulls_distinct=False
            ),
        ]
        indexes = [models.Index("day", name="quote_tally_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.outcome}: {self.count}"


class QuoteRollUp(models.Model):
    """A heap of counted quotes that is in the tallies already: what makes adding it happen once."""

    name = models.CharField(max_length=64, primary_key=True)
    rolled_at = models.DateTimeField(_("rolled up"))

    class Meta:
        verbose_name = _("roll-up of quotes")
        verbose_name_plural = _("roll-ups of quotes")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
