"""What the database itself refuses to lose."""

import pgtrigger


def never_deleted() -> list[pgtrigger.Trigger]:
    """The database itself refuses to delete: codes and their history stay for ever (PC-3)."""
    return [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]
