"""Tags, notes and a personal manager of the demonstration shop, for the page of a customer to show."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from customers.models import Customer, CustomerTag, Tag, User
from customers.services import put_tag, set_manager, tag_customer, write_note
from loyalty_site.kernel.transactions import requires_transaction

# What staff write they write in the language of the shop.
TAGS = ("Оптовый покупатель", "Постоянный", "Пишет отзывы")
NOTES = (
    ("Звонить после 18:00, в будни днём не отвечает.", True),
    ("Просит чек на почту, бумажный не нужен.", False),
)


@requires_transaction
def add_desk(*, customers: Sequence[Customer], manager: User, now: datetime) -> None:
    """Once: what is there already is left alone."""
    if CustomerTag.objects.exists() or len(customers) < 3:
        return
    tags = [Tag.objects.filter(name=name).first() or put_tag(tag_id=None, name=name) for name in TAGS]
    for customer, tag in [(customers[0], tags[1]), (customers[0], tags[2]), (customers[1], tags[0])]:
        tag_customer(customer_id=customer.pk, tag_id=tag.pk, by=manager, now=now - timedelta(days=5))
    for number, (text, is_pinned) in enumerate(NOTES):
        written = now - timedelta(days=9 - number)
        write_note(customer_id=customers[0].pk, text=text, is_pinned=is_pinned, by=manager, now=written)
    set_manager(customer_id=customers[0].pk, manager_id=manager.pk, now=now)
