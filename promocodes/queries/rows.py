"""Codes, batches and uses with all that a page or a document shows of them."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.errors import NotFound
from promocodes.models import Batch, PromoCode, Redemption
from promocodes.rules import readings


def code_named(text: str) -> PromoCode:
    """The code in any spelling, with terms, campaign, batch and owner. One query. Raises NotFound."""
    spellings = readings(text)
    rows = PromoCode.objects.select_related("terms__campaign", "terms__batch", "customer").filter(code__in=spellings)
    found = {row.code: row for row in rows} if spellings else {}
    for spelling in spellings:
        if spelling in found:
            return found[spelling]
    raise NotFound(_("There is no such promo code."))


def batch_numbered(pk: int) -> Batch:
    """The batch with its terms and campaign. One query. Raises NotFound."""
    batch = Batch.objects.select_related("terms__campaign").filter(pk=pk).first()
    if batch is None:
        raise NotFound(_("There is no such batch."))
    return batch


def uses_of(promo_code: PromoCode) -> QuerySet[Redemption]:
    """Uses of the code, released ones too, with their customers."""
    return Redemption.objects.filter(promo_code=promo_code).select_related("customer")
