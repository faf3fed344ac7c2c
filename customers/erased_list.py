"""The list of who was erased, outside of the database: what a restored backup is put right by (CU-4, ADR 15).

A line is `key,public id,moment`: ids only. The file is only ever added to, under a lock, and made sure of on the disk.
"""

import csv
import fcntl
import logging
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from customers.models import ErasedCustomer

log = logging.getLogger(__name__)


class Erased(NamedTuple):
    customer_key: int
    public_id: UUID
    erased_at: datetime


def keep_list() -> int:
    """Add whoever of the table is not in the file yet; how many. A disk that cannot be written is said in the log.

    Then nothing is lost: the table has them, and the worker tries again.
    """
    try:
        return _add_missing(Path(settings.ERASED_LIST))
    except OSError:
        log.exception("erased_list_not_written")
        return 0


def read_list(path: Path) -> list[Erased]:
    """The file's lines. Raises OSError, and ValueError naming the line that cannot be read."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(_lines(file))


def _lines(file: Iterable[str]) -> Iterable[Erased]:
    for number, row in enumerate(csv.reader(file), start=1):
        try:
            key, public_id, moment = row
            yield Erased(int(key), UUID(public_id), datetime.fromisoformat(moment))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error


def _add_missing(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", newline="", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        # By both ids: after a restore a new customer may have the key of one who is listed.
        listed = {tuple(row[:2]) for row in csv.reader(file)}
        missing = [
            row
            for row in ErasedCustomer.objects.order_by("pk").values_list("customer_key", "public_id", "erased_at")
            if (str(row[0]), str(row[1])) not in listed
        ]
        csv.writer(file).writerows((key, public_id, moment.isoformat()) for key, public_id, moment in missing)
        file.flush()
        os.fsync(file.fileno())
    return len(missing)
