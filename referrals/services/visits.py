"""Visits by a link are written down once for a browser and day (R-2)."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from loyalty_site.kernel.transactions import requires_transaction
from referrals.models import Visit
from referrals.queries import Inviter
from referrals.rules.traits import hashed


@requires_transaction
def record_visit(*, inviter: Inviter, via: str, device: str, network: str, now: datetime) -> Visit:
    """The visit of this browser today, the first one if there were several. `device` and `network` are as the browser
    says, and are kept as keyed hashes only. One query for a visit that is known, four for a new one."""
    visit, _is_new = Visit.objects.get_or_create(
        code=inviter.code,
        device=hashed("device", device, settings.HOLDER_SECRET),
        visited_on=timezone.localdate(now),
        defaults={
            "referrer_id": inviter.customer_id,
            "ambassador": inviter.ambassador,
            "via": via,
            "network": hashed("network", network, settings.HOLDER_SECRET),
            "visited_at": now,
        },
    )
    return visit
