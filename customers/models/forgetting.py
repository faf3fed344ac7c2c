"""How the database tells erasing a person from rewriting the past (CU-4, ADR 15)."""

from typing import Any

import pgtrigger
from django.db import models


def only_erasure_blanks(owner: str, *columns: str) -> list[pgtrigger.Trigger]:
    """`columns` never change, but to nothing, and only when the customer in the column `owner` was erased."""
    return [BlankedByErasure(owner, columns)]


class BlankedByErasure(pgtrigger.Trigger):
    when = pgtrigger.Before

    def __init__(self, owner: str, columns: tuple[str, ...], **options: Any) -> None:
        self.owner, self.columns = owner, columns
        super().__init__(name=f"only_erasure_{columns[0]}", operation=pgtrigger.UpdateOf(*columns), **options)

    def get_func(self, model: models.Model) -> str:
        kept = " AND ".join(f"NEW.{name} = OLD.{name}" for name in self.columns)
        blank = " AND ".join(f"NEW.{name} IN (OLD.{name}, '')" for name in self.columns)
        return f"""
            IF {kept} OR {blank} AND EXISTS (
                SELECT FROM customers_customer c WHERE c.id = OLD.{self.owner} AND c.erased_at IS NOT NULL)
            THEN RETURN NEW; END IF;
            RAISE insufficient_privilege USING MESSAGE =
                'pgtrigger: {model._meta.db_table} stays as it was written until its customer is erased';
        """
