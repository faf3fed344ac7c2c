"""A small shop for the benchmarks of the till: goods in a tree of categories, a customer, codes."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any


def catalogue(*, categories: int, products: int, first: int = 0) -> None:
    """`products` goods spread over `categories` categories, ten to a branch; numbers start at `first`."""
    from orders.services import CategoryRow, ProductRow, import_catalog

    rows = [
        CategoryRow(f"c{number}", f"Category {number}", f"c{number - number % 10}" if number % 10 else None)
        for number in range(first, first + categories)
    ]
    goods = [
        ProductRow(f"P{number}", f"Product {number}", Decimal(100 + number), category=f"c{first + number % categories}")
        for number in range(first, first + products)
    ]
    _committed(lambda: import_catalog(categories=rows, products=goods))


def customer() -> Any:
    from tests.factories import CustomerFactory, SegmentMembershipFactory

    found = CustomerFactory()
    SegmentMembershipFactory(customer=found)
    return found


def code(now: datetime, **terms: Any) -> Any:
    """An active code of 5 % in scope of everything, with a limit per customer and a budget."""
    from tests.factories import CampaignFactory, PromoCodeFactory

    period = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=30)}
    given = {"campaign": CampaignFactory(budget=Decimal("9999999999.00")), **period, **terms}
    return PromoCodeFactory(**{f"terms__{name}": value for name, value in given.items()})


def more_codes(count: int, now: datetime) -> None:
    """`count` other codes in one batch, made as the worker makes them."""
    from promocodes.models import Batch, Terms
    from promocodes.tasks import fill_batch

    terms = Terms.objects.create(type="percent", value=5, starts_at=now, ends_at=now + timedelta(days=30))
    batch = Batch.objects.create(terms=terms, count=count, code_length=12, switch=True)
    fill_batch(batch_id=batch.pk)


def _committed(work: Any) -> None:
    from loyalty_site.kernel.transactions import in_transaction

    in_transaction(work)
