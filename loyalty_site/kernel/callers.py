"""Who is calling the HTTP API: an integration with a key, or a customer in a browser."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Caller:
    """`name` is stable and unique (`key:7`, `customer:12`); keys of idempotency are unique within it.

    A customer has `customer_id` and `customer_public_id` and no scopes; an integration the other way round.
    """

    name: str
    title: str
    scopes: frozenset[str] = frozenset()
    customer_id: int | None = None
    customer_public_id: UUID | None = None

    @property
    def is_customer(self) -> bool:
        return self.customer_id is not None

    def may(self, scope: str) -> bool:
        return scope in self.scopes
