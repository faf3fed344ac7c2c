"""A million codes of one batch against a bare COPY of as many random codes (target: at most twice the time)."""

import os
from collections.abc import Iterator
from datetime import timedelta

from bench.floor import Measurement, random_codes, timed

COUNT = int(os.environ.get("BENCH_CODES", "1000000"))
LENGTH = 12


def measure() -> Iterator[Measurement]:
    """The floor runs before and after; the ratio is to the mean of the two, as the machine drifts."""
    from promocodes.models import PromoCode
    from promocodes.tasks import fill_batch

    before = bare_copy_of_codes()
    batch = _batch()
    seconds = timed(lambda: fill_batch(batch_id=batch.pk))
    assert PromoCode.objects.filter(terms=batch.terms).count() == COUNT
    after = bare_copy_of_codes()
    yield Measurement(
        name=f"batch of {COUNT:,} codes",
        seconds=seconds,
        floor_name="bare COPY, unique index",
        floor_seconds=(before + after) / 2,
        count=COUNT,
        target=2,
        note=f"floor {before:.1f} s before, {after:.1f} s after",
    )


def bare_copy_of_codes() -> float:
    """Seconds to COPY ready random codes into a table of one column with the same unique index, and nothing else."""
    from django.db import connection

    rows = ("\n".join(random_codes(COUNT, length=LENGTH)) + "\n").encode()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_codes")
        cursor.execute("CREATE TABLE bench_codes (code varchar(32) NOT NULL UNIQUE)")

        def copy() -> None:
            with cursor.copy("COPY bench_codes (code) FROM STDIN") as pipe:
                pipe.write(rows)

        seconds = timed(copy)
        cursor.execute("DROP TABLE bench_codes")
    return seconds


def _batch():  # type: ignore[no-untyped-def]
    from django.utils import timezone

    from promocodes.models import Batch, Terms

    now = timezone.now()
    terms = Terms.objects.create(type="percent", value=5, starts_at=now, ends_at=now + timedelta(days=30))
    return Batch.objects.create(terms=terms, count=COUNT, code_length=LENGTH)
