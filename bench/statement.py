"""The price of one ORM read: the yardstick for the statement counts of the other benchmarks."""

from collections.abc import Iterator

from bench.floor import Measurement, median_of, round_trip


def measure() -> Iterator[Measurement]:
    from customers.models import Programme

    Programme.objects.update_or_create(id=1)
    seconds = median_of(lambda: Programme.objects.get(id=1), times=1001)
    yield Measurement(
        name="one ORM get", seconds=seconds, floor_name="SELECT 1", floor_seconds=round_trip(), statements=1
    )
