"""What imports hold of a person who is erased (CU-4): staged rows and files that he is in, and what they changed."""

from datetime import datetime

from customers.imports import store
from customers.models import Customer, ImportChange, ImportRun
from customers.services.imports.tables import Tables
from loyalty_site.kernel.transactions import requires_transaction


@requires_transaction
def forget_imports(*, customer: Customer, now: datetime) -> dict[str, int]:
    """Rows by table. A file is of many people: one that this person's row came from goes as a whole, and its stage."""
    changes = ImportChange.objects.filter(customer=customer.pk)
    runs = set(changes.values_list("run", flat=True)) | ({customer.import_run_id} - {None})
    contacts = [str(contact) for contact in (customer.external_id, customer.email, customer.phone) if contact]
    for run in ImportRun.objects.exclude(file_key="").order_by("pk"):
        tables = Tables(run.pk)
        if run.is_busy or not (run.pk in runs or (tables.are_there() and tables.name(contacts))):
            continue
        tables.drop()
        store.forget(run.file_key)
        ImportRun.objects.filter(pk=run.pk).update(file_key="")
    return {"customers_importchange": changes.delete()[0]}
