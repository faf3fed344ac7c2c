"""What occasions have given."""

from django.db.models import Count, Sum

from points.models import OccasionGift


def given_in_year(year: int) -> dict[int, tuple[int, int]]:
    """(customers, points) by occasion, for its days of `year`. One query."""
    rows = OccasionGift.objects.filter(year=year).values("occasion").annotate(count=Count("pk"), points=Sum("amount"))
    return {row["occasion"]: (row["count"], row["points"]) for row in rows}
