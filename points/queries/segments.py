"""Who gets points by a segment: what keeps it from being put away (CU-8)."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Segment
from points.models import Occasion, SegmentGrant


def segment_uses(segment: Segment, *, now: datetime) -> list[str]:
    """Grants that wait or are being carried out, and occasions. Two queries."""
    grants = SegmentGrant.objects.filter(segment=segment.pk, finished_at=None).exclude(
        starts_at=None, decided_at__isnull=False
    )
    numbers = grants.order_by("pk").values_list("pk", flat=True)
    # One that waits for a second person is asked for, too.
    giving = Occasion.objects.filter(Q(is_active=True) | Q(asked_at__isnull=False), segment=segment.pk).order_by("pk")
    return [
        *(_("grant of points No. %(number)s") % {"number": number} for number in numbers[:5]),
        *(_("occasion “%(name)s”") % {"name": name} for name in giving.values_list("name", flat=True)[:5]),
    ]
