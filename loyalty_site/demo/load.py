"""Loading the demonstration shop, step by step; each step leaves alone what is there already."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TextIO

from django.db import connection
from django.utils.translation import gettext as _

from customers.models import User
from loyalty_site.demo import (
    catalogue,
    club,
    codes,
    desk,
    duplicates,
    history,
    occasions,
    people,
    points,
    referrals,
    segments,
    signins,
    tiers,
)
from loyalty_site.demo.trade import is_trade_finished, plans, trade, traded_numbers
from loyalty_site.kernel.transactions import in_transaction, requires_transaction
from loyalty_site.progress import Progress
from loyalty_site.roles import MANAGER, MARKETER
from orders.services import import_catalog, put_delivery_method


def has_other_data() -> bool:
    """Somebody has begun a shop of their own here, or the demonstration is complete: there is nothing to add."""
    if User.objects.filter(email=people.email_of(MANAGER)).exists():
        return is_trade_finished()
    with connection.cursor() as cursor:
        cursor.execute(HAS_ROWS)
        return bool(cursor.fetchone()[0])


def replace_lost_signins() -> None:
    """New passwords where the demonstration is loaded but the file that remembered them is gone."""
    if not signins.remembered() and User.objects.filter(email=people.email_of(MANAGER)).exists():
        renew_signins()


def load_demo(*, now: datetime, out: TextIO) -> None:
    """Everything, or what is missing of it. `out` is told what goes on."""
    steps: list[tuple[str, Callable[[], object]]] = [
        (_("accounts"), renew_signins),
        (_("catalogue"), partial(in_transaction, add_catalogue)),
        (_("customers"), partial(in_transaction, partial(people.add_customers, now))),
        (_("segments"), partial(in_transaction, partial(people.add_segment, now))),
        (_("purchases of before"), partial(in_transaction, partial(history.add_history, now))),
        (_("tiers"), partial(add_tiers, now)),
        (_("promo codes"), partial(add_codes, now)),
        (_("memberships"), partial(in_transaction, add_club)),
        (_("points"), partial(add_gifts, points.EARLY, now)),
        (_("referrals"), partial(add_friends, now)),
    ]
    for name, step in steps:
        out.write(f"{name} …\n")
        out.flush()
        step()
    add_trade(now, out)
    add_gifts(points.LATE, now)
    referrals.add_late(now=now)
    me, manager = people.demo_customers()[0], people.account(MANAGER)
    in_transaction(partial(club.add_own_codes, customer=me, by=manager, now=now))
    in_transaction(partial(desk.add_desk, customers=people.demo_customers(), manager=manager, now=now))
    tiers.review_everybody(now)
    in_transaction(partial(history.reckon, now))
    occasions.add_occasions(by=manager, now=now)
    in_transaction(partial(segments.add_rules, by=manager, now=now))
    in_transaction(partial(duplicates.add_pair, now=now))


def renew_signins() -> list[signins.SignIn]:
    """The sign-in of each role, with the remembered password where it still fits, with a new one where not."""
    old = {signin.role: signin for signin in signins.remembered()}
    kept = {role: signin for role, signin in old.items() if people.still_valid(signin)}
    roles = (*people.STAFF_ROLES, people.CUSTOMER)
    fresh = in_transaction(lambda: [kept.get(role) or people.sign_in(role) for role in roles])
    if fresh != list(old.values()):
        signins.remember(fresh)
    return fresh


@requires_transaction
def add_catalogue() -> None:
    import_catalog(categories=catalogue.category_rows(), products=catalogue.product_rows())
    for method in catalogue.delivery_methods():
        put_delivery_method(**method)
    texts = catalogue.descriptions()
    with connection.cursor() as cursor:
        cursor.execute(DESCRIBE, [list(texts), list(texts.values())])


def add_tiers(now: datetime) -> None:
    customers = people.demo_customers()
    in_transaction(partial(tiers.add_card, customers, people.account(MANAGER), now))
    tiers.add_history(customers, now)


def add_codes(now: datetime) -> None:
    manager, marketer = people.account(MANAGER), people.account(MARKETER)
    if not codes.has_campaigns():
        in_transaction(partial(codes.add_campaigns, by=manager, now=now))
    if not codes.personal_codes():
        codes.add_personal_codes(manager=manager, now=now)
    if not codes.demo_codes():
        in_transaction(partial(codes.add_codes, manager=manager, marketer=marketer, now=now))


@requires_transaction
def add_club() -> None:
    club.add_membership(by=people.account(MANAGER))


def add_gifts(gifts: tuple[points.Gift, ...], now: datetime) -> None:
    points.add_gifts(gifts, customer=people.demo_customers()[0], now=now)


def add_friends(now: datetime) -> None:
    referrals.add_early(by=people.account(MANAGER), now=now)


def add_trade(now: datetime, out: TextIO) -> None:
    """The orders that are not there yet, oldest first."""
    planned = plans(people=people.demo_customers(), codes=codes.demo_codes(), personal=codes.personal_codes(), now=now)
    there = traded_numbers()
    missing = [plan for plan in planned if plan.external_number not in there]
    progress = Progress(out, _("orders"), len(missing))
    for done, plan in enumerate(missing, start=1):
        trade(plan)
        progress.seen(done)
    progress.finish()


DESCRIBE = """
UPDATE orders_product product SET description = given.description
FROM unnest(%s::varchar[], %s::text[]) AS given (sku, description) WHERE product.sku = given.sku
"""
HAS_ROWS = """
SELECT EXISTS (SELECT FROM orders_product) OR EXISTS (SELECT FROM orders_order)
    OR EXISTS (SELECT FROM customers_customer) OR EXISTS (SELECT FROM promocodes_promocode)
"""
