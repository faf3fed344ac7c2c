"""Imports as tests begin them: a file, its run, and the worker's part done at once."""

from collections.abc import Sequence
from typing import Any

from customers.imports import store
from customers.imports.reading import header_of, recognise
from customers.imports.work import carry_on
from customers.models import Customer, ImportRun, Purchase
from customers.services.imports import Upload, begin_import, check_import, start_import, undo_import
from loyalty_site.kernel.transactions import in_transaction
from tests.factories import NOW


def uploaded(content: bytes | str, *, kind: str = "purchases", name: str = "file.csv", **changes: Any) -> ImportRun:
    key = store.keep_chunks([content.encode() if isinstance(content, str) else content])
    path = store.path_of(key)
    shape = recognise(path)
    header = header_of(path, shape)
    size = path.stat().st_size
    upload = Upload(name, key, size, shape.encoding, shape.delimiter, header.titles, header.line)
    run = in_transaction(lambda: begin_import(kind=kind, upload=upload, by=None, now=NOW))
    if changes:
        ImportRun.objects.filter(pk=run.pk).update(**changes)
    return run


def checked(content: bytes | str, **how: Any) -> ImportRun:
    run = uploaded(content, **how)
    in_transaction(lambda: check_import(run_id=run.pk, now=NOW))
    return carried_on(run)


def imported(content: bytes | str, **how: Any) -> ImportRun:
    run = checked(content, **how)
    in_transaction(lambda: start_import(run_id=run.pk, skips_wrong=True, now=NOW))
    return carried_on(run)


def undone(run: ImportRun) -> ImportRun:
    in_transaction(lambda: undo_import(run_id=run.pk, by=None, now=NOW))
    return carried_on(run)


def carried_on(run: ImportRun) -> ImportRun:
    carry_on(run.pk)
    run.refresh_from_db()
    return run


def purchases() -> list[tuple[Any, ...]]:
    rows = Purchase.objects.order_by("ref")
    return list(rows.values_list("customer__external_id", "ref", "channel", "goods_amount", "is_first"))


def customers() -> list[tuple[Any, ...]]:
    rows = Customer.objects.order_by("external_id", "email", "phone")
    return [(c.external_id, c.email, c.phone and str(c.phone), c.first_name, c.last_name, c.birthday) for c in rows]


def csv_of(*lines: Sequence[str], delimiter: str = ";") -> str:
    return "".join(delimiter.join(line) + "\n" for line in lines)
