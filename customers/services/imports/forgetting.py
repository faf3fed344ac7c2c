"""What imports hold of a person who is erased (CU-4): staged rows and files that he is in, and what they changed."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Q

from customers.imports import store
from customers.models import Customer, ImportChange, ImportRun, Purchase
from customers.queries.owners import contacts_ever, is_address
from customers.services.imports.tables import Tables
from loyalty_site.kernel.transactions import requires_transaction

PHONE_DIGITS = 10


@requires_transaction
def forget_imports(*, customer: Customer, now: datetime) -> dict[str, int]:
    """Rows by table. A file is of many people: one that this person may stand in goes as a whole, and its stage.

    From what a worker is busy with his rows are taken out at once, so that it brings nobody back; the file goes as
    soon as the worker is through (`forget_old_imports`).
    """
    changes = ImportChange.objects.filter(customer=customer.pk)
    runs, contacts = _runs_of(customer), sorted(contacts_ever(customer))
    for run in ImportRun.objects.filter(~Q(file_key="") | ~Q(header=[])).order_by("pk"):
        _forget_heading(run, [contact for contact in contacts if is_address(contact)])
        if not run.file_key or not (run.pk in runs or _may_name(run, contacts)):
            continue
        if run.is_busy:
            _leave_out(run, contacts)
            ImportRun.objects.filter(pk=run.pk).update(file_until=now)
            continue
        Tables(run.pk).drop()
        store.forget(run.file_key)
        ImportRun.objects.filter(pk=run.pk).update(file_key="")
    return {"customers_importchange": changes.delete()[0]}


def _runs_of(customer: Customer) -> set[int]:
    """Imports that made him, changed him, or brought a purchase of his, by whatever sign."""
    changed = ImportChange.objects.filter(customer=customer.pk).values_list("run", flat=True)
    brought = Purchase.objects.filter(customer=customer.pk, import_run__isnull=False)
    return {*changed, *brought.values_list("import_run", flat=True).distinct(), customer.import_run_id or 0}


def _may_name(run: ImportRun, contacts: list[str]) -> bool:
    """Who stands in lines that were not read yet, or not understood, nobody knows."""
    if not contacts:
        return False
    tables = Tables(run.pk)
    is_known = run.is_staged and not run.counts.get("wrong") and tables.are_there() and tables.count() == run.position
    return tables.name(contacts) if is_known else True


def _leave_out(run: ImportRun, contacts: list[str]) -> None:
    """While the file is being read, the place in it is known by the number of rows: they stay, as wrong ones."""
    tables = Tables(run.pk)
    if not tables.are_there():
        return
    if run.state == ImportRun.State.CHECKING:
        tables.blank(contacts)
        return
    gone = tables.strike(contacts)
    ImportRun.objects.filter(pk=run.pk).update(position=F("position") - gone)


def _forget_heading(run: ImportRun, addresses: Collection[str]) -> None:
    """The first line of a file without titles is a person's own, and so may be the name of the file."""
    if any(_says(cell, addresses) for cell in run.header):
        ImportRun.objects.filter(pk=run.pk).update(header=[], failure={})
    if _says(run.file_name, addresses):
        ImportRun.objects.filter(pk=run.pk).update(file_name="—")


def _says(text: str, addresses: Collection[str]) -> bool:
    low, digits = text.casefold(), "".join(filter(str.isdigit, text))
    return any(
        address[-PHONE_DIGITS:] in digits if address.startswith("+") else address.casefold() in low
        for address in addresses
    )
