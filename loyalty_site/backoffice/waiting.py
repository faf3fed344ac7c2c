"""What waits for a decision of staff, as the number beside a line of the side navigation."""

from django.http import HttpRequest

from customers.models import Duplicate

MOST = 99


def open_duplicates(request: HttpRequest) -> str:
    """How many pairs are to be looked at, at most «99+»; nothing when there are none."""
    count = Duplicate.objects.filter(state=Duplicate.State.OPEN)[: MOST + 1].count()
    return f"{MOST}+" if count > MOST else str(count or "")
