"""What `promocodes` holds of one customer, for his download (CU-4)."""

from datetime import datetime

from django.utils.translation import gettext as _

from loyalty_site.kernel.held import Part, part_of
from promocodes.models import HolderUse, PromoCode, Redemption


def own_codes(customer_id: int, *, now: datetime) -> Part:
    rows = PromoCode.objects.filter(customer=customer_id).order_by("pk")
    history = PromoCode.pgh_event_models["before"]._meta.db_table if hasattr(PromoCode, "pgh_event_models") else ""
    terms = {"type": "terms__type", "value": "terms__value", "until": "terms__ends_at"}
    return part_of(_("Promo codes for you"), rows, "code", "switch", "max_uses", "uses", **terms, tables=[history])


def code_uses(customer_id: int, *, now: datetime) -> Part:
    rows = Redemption.objects.filter(customer=customer_id).order_by("pk")
    fields = ("order_ref", "channel", "discount", "redeemed_at", "released_at")
    return part_of(_("Promo codes used"), rows, *fields, code="promo_code__code", tables=[HolderUse._meta.db_table])
