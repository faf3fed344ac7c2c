"""References of the ledger, checked once for all rows of a statement."""

import pgtrigger


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
