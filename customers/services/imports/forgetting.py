"""What imports hold of a person who is erased (CU-4): staged rows and files that he is in, and what they changed."""

from datetime import datetime

from customers.imports import store
from customers.models import Customer, ImportChange, ImportRun
from customers.services.imports.tables import Tables
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def forget_imports(*, customer: Customer, now: datetime) -> dict[str, int]:
    """Rows by table. A file is of many people: one that this person may stand in goes as a whole, and its stage.

    What a worker is busy with goes as soon as it is through (`forget_old_imports`).
    """
    changes = ImportChange.objects.filter(customer=customer.pk)
    runs = set(changes.values_list("run", flat=True)) | ({customer.import_run_id} - {None})
    contacts = [str(contact) for contact in (customer.external_id, customer.email, customer.phone) if contact]
    for run in ImportRun.objects.exclude(file_key="").order_by("pk"):
        if run.pk not in runs and not _may_name(run, contacts):
            continue
        if run.is_busy:
            ImportRun.objects.filter(pk=run.pk).update(file_until=now)
            continue
        Tables(run.pk).drop()
        store.forget(run.file_key)
        ImportRun.objects.filter(pk=run.pk).update(file_key="")
    return {"customers_importchange": changes.delete()[0]}


def _may_name(run: ImportRun, contacts: list[str]) -> bool:
    """Who stands in lines that were not read yet, or not understood, nobody knows."""
    if not contacts:
        return False
    tables = Tables(run.pk)
    is_known = run.is_staged and not run.counts.get("wrong") and tables.are_there()
    return tables.name(contacts) if is_known else True
