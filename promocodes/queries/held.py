"""What `promocodes` holds of one customer, for his download (CU-4)."""

from datetime import datetime

from django.utils.translation import gettext as _

from customers.rules.channels import CHANNELS
from loyalty_site.kernel.held import Kind, Part, Said, part_of
from promocodes.models import HolderUse, PromoCode, Redemption


def own_codes(customer_id: int, *, now: datetime) -> Part:
    rows = PromoCode.objects.filter(customer=customer_id).order_by("pk")
    history = PromoCode.pgh_event_models["before"]._meta.db_table if hasattr(PromoCode, "pgh_event_models") else ""
    terms = {"code": "code", "type": "terms__type", "value": "terms__value", "until": "terms__ends_at"}
    said: Said = {"value": {"kind": Kind.NUMBER}}
    return part_of(_("Promo codes for you"), rows, "switch", "max_uses", "uses", said=said, **terms, tables=[history])


def code_uses(customer_id: int, *, now: datetime) -> Part:
    rows = Redemption.objects.filter(customer=customer_id).order_by("pk")
    fields = ("order_ref", "channel", "discount", "redeemed_at", "released_at")
    tables = [HolderUse._meta.db_table]
    said: Said = {"channel": {"choices": CHANNELS}, "code": {"label": _("promo code")}}
    return part_of(_("Promo codes used"), rows, *fields, said=said, code="promo_code__code", tables=tables)
