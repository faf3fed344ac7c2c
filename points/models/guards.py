"""What the database itself refuses to do to the ledger (PT-1). Lots and accounts change only in what moves."""

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


def refers_to(name: str, offenders: str, message: str) -> list[pgtrigger.Trigger]:
    """A reference checked once for all rows of a statement (`added`): a million rows are a million look-ups else.

    `offenders` is a SELECT of added rows that refer to nothing. What is referred to is never deleted. It looks each
    reference up by a subquery, not by a join: the plan is kept for the session, and one that was made for a million
    rows must not read the whole table for one.
    """
    return [
        pgtrigger.Trigger(
            name=name,
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            level=pgtrigger.Statement,
            referencing=pgtrigger.Referencing(new="added"),
            func=f"""
                IF EXISTS ({offenders}) THEN
                    RAISE foreign_key_violation USING MESSAGE = '{message}', CONSTRAINT = 'points_{name}';
                END IF;
                RETURN NULL;
            """,
        )
    ]
