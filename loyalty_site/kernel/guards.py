"""What the database itself refuses to do to rows that must stay (PT-1, S-1)."""

import pgtrigger
from django.db import models


class UntruncatedTrigger(pgtrigger.Trigger):
    """Refuses TRUNCATE, which no row trigger sees; tests alone set `loyalty.may_truncate`."""

    when = pgtrigger.Before
    operation = pgtrigger.Truncate
    level = pgtrigger.Statement

    def get_func(self, model: models.Model) -> str:
        return f"""
            IF COALESCE(current_setting('loyalty.may_truncate', true), '') <> 'on' THEN
                RAISE insufficient_privilege USING MESSAGE = 'pgtrigger: {model._meta.db_table} is never emptied';
            END IF;
            RETURN NULL;
        """


def never_lost() -> list[pgtrigger.Trigger]:
    """Rows stay for ever."""
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        UntruncatedTrigger(name="never_truncated"),
    ]


def never_changed(*fields: str) -> list[pgtrigger.Trigger]:
    """These fields are as they were written; without `fields`, the whole row."""
    operation = pgtrigger.UpdateOf(*fields) if fields else pgtrigger.Update
    return [pgtrigger.Protect(name="never_changed", operation=operation)]
