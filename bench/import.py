# ruff: noqa: N999 – the command is `python -m bench import`.
"""Importing purchases from a CSV file against a bare COPY of the same rows, ready made, into the same table (CU-6).

The floor writes into a table of the same columns, indexes, CHECKs and key to customers. Ours reads the file, finds
whose purchases they are, checks them and writes them in one transaction. `BENCH_IMPORT` says how many rows; ten of
them are of one customer. What follows by portions (first purchases, RFM, segments) is timed beside it.
"""

import os
import random
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.floor import Measurement, timed

COUNT = int(os.environ.get("BENCH_IMPORT", "300000"))
CUSTOMERS = max(COUNT // 10, 1)
BEGINNING = datetime(2022, 1, 1)
PIECE = 1 << 20


def measure() -> Iterator[Measurement]:
    with tempfile.TemporaryDirectory() as folder:
        _customers()
        typed, ready = Path(folder) / "purchases.csv", Path(folder) / "ready.copy"
        _write(typed, ready)
        floor = _floor(ready)
        yield _imported(typed, floor)


def _imported(typed: Path, floor: float) -> Measurement:
    from customers.imports import work
    from customers.models import ImportRun, Purchase
    from customers.services import imports

    run, before = _begun(typed), _megabytes()
    reading = timed(lambda: work._stage(_in_one(lambda: imports.prepare_stage(run_id=run.pk))))
    after_reading = _megabytes()
    judging = timed(lambda: _in_one(lambda: imports.judge_rows(run_id=run.pk, now=timezone.now())))
    _in_one(lambda: imports.start_import(run_id=run.pk, skips_wrong=False, now=timezone.now()))
    writing = timed(lambda: work._import(run.pk))
    assert Purchase.objects.count() == COUNT
    settling = timed(lambda: work._settle(run.pk))
    assert ImportRun.objects.get(pk=run.pk).state == ImportRun.State.DONE
    return Measurement(
        name="importing purchases",
        seconds=reading + judging + writing,
        floor_name="bare COPY, same indexes",
        floor_seconds=floor,
        count=COUNT,
        target=2.0,
        note=f"reading {reading:.1f}, checking {judging:.1f}, writing {writing:.1f} s; first purchases and RFM of"
        f" {CUSTOMERS:,} customers {settling:.1f} s after it; memory {before:.0f} MB before, {after_reading:.0f} MB"
        f" after reading, {_megabytes():.0f} MB at the end",
    )


def _begun(typed: Path) -> Any:
    from customers.imports import store
    from customers.imports.reading import header_of, recognise
    from customers.services import imports

    key = store.keep_file(typed)
    shape = recognise(store.path_of(key))
    header = header_of(store.path_of(key), shape)
    upload = imports.Upload(typed.name, key, typed.stat().st_size, shape.encoding, shape.delimiter, header.titles)
    run = _in_one(lambda: imports.begin_import(kind="purchases", upload=upload, by=None, now=timezone.now()))
    _in_one(lambda: imports.check_import(run_id=run.pk, now=timezone.now()))
    return run


def _floor(ready: Path) -> float:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_purchase")
        cursor.execute("CREATE TABLE bench_purchase (LIKE customers_purchase INCLUDING ALL)")
        cursor.execute(
            "ALTER TABLE bench_purchase ADD FOREIGN KEY (customer_id) REFERENCES customers_customer (id)"
            " DEFERRABLE INITIALLY DEFERRED"
        )

        def copy() -> None:
            with (
                transaction.atomic(),
                ready.open("rb") as file,
                cursor.copy(
                    "COPY bench_purchase (customer_id, ref, channel, paid_at, goods_amount, discount_amount,"
                    " refunded_amount, is_first, import_run_id) FROM STDIN"
                ) as pipe,
            ):
                while piece := file.read(PIECE):
                    pipe.write(piece)

        seconds = timed(copy)
        cursor.execute("DROP TABLE bench_purchase")
    return seconds


def _customers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_customer (public_id, external_id, first_name, last_name, registered_at)"
            " SELECT gen_random_uuid(), 'c' || n, '', '', now() FROM generate_series(1, %s) n",
            [CUSTOMERS],
        )
        cursor.execute("VACUUM ANALYZE customers_customer")
        cursor.execute("SELECT min(id), max(id) - min(id) + 1 FROM customers_customer")
        assert cursor.fetchone()[1] == CUSTOMERS


def _write(typed: Path, ready: Path) -> None:
    """The same rows twice: as a shop exports them, and as COPY takes them."""
    chance = random.Random(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM customers_customer")
        first = cursor.fetchone()[0]
    with typed.open("w") as shop, ready.open("w") as copy:
        shop.write("Номер заказа;Дата;Сумма;Код клиента\n")
        for number in range(COUNT):
            whose, roubles, kopecks = chance.randrange(CUSTOMERS), chance.randrange(100, 30_000), chance.randrange(100)
            paid = BEGINNING + timedelta(minutes=chance.randrange(2_000_000))
            shop.write(f"N-{number};{paid:%d.%m.%Y %H:%M};{roubles},{kopecks:02};c{whose + 1}\n")
            copy.write(f"{first + whose}\timport:N-{number}\timport\t{paid}+03\t{roubles}.{kopecks:02}\t0\t0\tf\t1\n")


def _in_one(work: Callable[[], Any]) -> Any:
    with transaction.atomic():
        return work()


def _megabytes() -> float:
    """What this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
