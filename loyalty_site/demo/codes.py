"""The demonstration's campaigns and codes: the three examples of the first source document, and one of each state."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db import connection
from django.utils import timezone

from customers.models import User
from loyalty_site.kernel.transactions import in_transaction, requires_transaction
from promocodes.services import (
    CodeSpec,
    activate_batch,
    activate_code,
    create_batch,
    create_campaign,
    create_code,
    deactivate_code,
)
from promocodes.tasks import fill_batch

Days = tuple[int, int]


@dataclass(frozen=True)
class Campaign:
    name: str
    note: str = ""
    budget: Decimal | None = None


@dataclass(frozen=True)
class DemoCode:
    """`days`: first and last day, counted from today; `fate`: what happens to it after it is made."""

    key: str
    what: str
    campaign: str
    days: Days
    type: str
    value: Decimal | None = None
    categories: tuple[str, ...] = ()
    required_categories: tuple[str, ...] = ()
    minimum_order: Decimal | None = None
    max_uses: int | None = None
    max_uses_per_customer: int | None = None
    first_order_only: bool = False
    tier: str | None = None
    fate: str = "activated"


LAUNCH, SHOES, WELCOME, LOYAL, BEST, PLANS = (
    "Запуск программы",
    "Неделя обуви",
    "Первый заказ",
    "Постоянным покупателям",
    "Золото и выше",
    "Планы на следующий месяц",
)
CAMPAIGNS = (
    Campaign(LAUNCH, "Три примера из описания программы, даты сдвинуты к сегодняшнему дню."),
    Campaign(SHOES, "Прошла, итоги в отчёте."),
    Campaign(WELCOME, "Скидка новичкам."),
    Campaign(LOYAL, "Личные коды, общий бюджет скидки.", Decimal(6000)),
    Campaign(BEST, "Для тех, кто дошёл до уровня «Золото»."),
    Campaign(PLANS, "Готовит маркетолог, включает менеджер."),
)
CODES = (
    DemoCode(
        "five_percent",
        "5 % на весь заказ от 1 000 ₽",
        LAUNCH,
        (-7, 7),
        "percent",
        Decimal(5),
        minimum_order=Decimal(1000),
    ),
    DemoCode(
        "shirt_cleaning",
        "100 ₽ при заказе чистки рубашек",
        LAUNCH,
        (-1, 6),
        "fixed",
        Decimal(100),
        required_categories=("shirt-cleaning",),
    ),
    DemoCode(
        "free_delivery",
        "бесплатная доставка от 1 500 ₽, первые 100 заказов",
        LAUNCH,
        (-7, 7),
        "free_shipping",
        minimum_order=Decimal(1500),
        max_uses=100,
    ),
    DemoCode(
        "shoes",
        "15 % на обувь, срок прошёл",
        SHOES,
        (-50, -36),
        "percent",
        Decimal(15),
        categories=("shoes",),
    ),
    DemoCode(
        "welcome",
        "300 ₽ на первый заказ",
        WELCOME,
        (-60, 30),
        "fixed",
        Decimal(300),
        minimum_order=Decimal(1000),
        first_order_only=True,
    ),
    DemoCode(
        "flash",
        "500 ₽ от 3 000 ₽, первые пять заказов (исчерпан)",
        WELCOME,
        (-30, 15),
        "fixed",
        Decimal(500),
        minimum_order=Decimal(3000),
        max_uses=5,
    ),
    DemoCode(
        "gold",
        "12 % на весь заказ от 2 000 ₽ для уровня «Золото» и выше",
        BEST,
        (-3, 25),
        "percent",
        Decimal(12),
        minimum_order=Decimal(2000),
        tier="gold",
    ),
    DemoCode(
        "kitchen",
        "кешбэк 20 % на товары для кухни, ещё не начался",
        PLANS,
        (3, 17),
        "cashback",
        Decimal(20),
        ("kitchen",),
    ),
    DemoCode(
        "outerwear",
        "20 % на верхнюю одежду от 5 000 ₽, черновик",
        PLANS,
        (10, 24),
        "percent",
        Decimal(20),
        ("outerwear",),
        minimum_order=Decimal(5000),
        fate="draft",
    ),
    DemoCode(
        "knitwear",
        "30 % на трикотаж, отключён",
        PLANS,
        (-14, 14),
        "percent",
        Decimal(30),
        ("knitwear",),
        fate="off",
    ),
)
# The codes of the batch: ten per cent for one customer each.
PERSONAL = DemoCode(
    "personal",
    "10 % лично, один раз",
    LOYAL,
    (-40, 20),
    "percent",
    Decimal(10),
    minimum_order=Decimal(1500),
    max_uses=1,
)
PERSONAL_COUNT = 25


def moment(now: datetime, days: int) -> datetime:
    """The beginning of the day that is `days` from today, in the shop's time zone."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=days)


def spec_of(code: DemoCode, now: datetime) -> CodeSpec:
    first, last = code.days
    return CodeSpec(
        type=code.type,
        value=code.value,
        categories=code.categories,
        required_categories=code.required_categories,
        minimum_order=code.minimum_order,
        starts_at=moment(now, first),
        ends_at=moment(now, last + 1),
        max_uses=code.max_uses,
        max_uses_per_customer=code.max_uses_per_customer,
        first_order_only=code.first_order_only,
        segment=None,
        tier=code.tier,
        campaign=code.campaign,
    )


@requires_transaction
def add_campaigns(*, by: User, now: datetime) -> None:
    for campaign in CAMPAIGNS:
        create_campaign(name=campaign.name, note=campaign.note, budget=campaign.budget, by=by, now=now)


@requires_transaction
def add_codes(*, manager: User, marketer: User, now: datetime) -> None:
    """Every lone code, all or none, made and activated on its first day. Drafts are the marketer's."""
    # Lists show the newest first: the examples come last.
    for code in reversed(CODES):
        born = min(now, moment(now, code.days[0]))
        author = marketer if code.fate == "draft" else manager
        made = create_code(spec=spec_of(code, now), by=author, now=born).code
        if code.fate != "draft":
            activate_code(code=made, by=manager, now=born)
        if code.fate == "off":
            deactivate_code(code=made, by=manager, now=now)


def add_personal_codes(*, manager: User, now: datetime) -> None:
    """The batch, its codes made here and now rather than by the worker, and switched on."""
    born = moment(now, PERSONAL.days[0])
    batch = in_transaction(
        partial(create_batch, spec=spec_of(PERSONAL, now), count=PERSONAL_COUNT, by=manager, now=born)
    )
    with quiet():
        fill_batch(batch_id=batch.pk)
    in_transaction(partial(activate_batch, batch_id=batch.pk, by=manager, now=born))


@contextmanager
def quiet() -> Iterator[None]:
    """Without the log lines of a worker's task: what a command prints is for people."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def has_campaigns() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM promocodes_campaign WHERE name = %s)", [LAUNCH])
        return bool(cursor.fetchone()[0])


def demo_codes() -> dict[str, str]:
    """The lone codes by key: within a campaign they were made from the table's end to its beginning."""
    made = {campaign.name: codes_of(campaign.name) for campaign in CAMPAIGNS}
    return {code.key: made[code.campaign].pop()[0] for code in CODES if made[code.campaign]}


def personal_codes(*, unused: bool = False) -> list[str]:
    """The codes of the batch; with `unused`, those that nobody has taken yet."""
    return [code for code, uses in codes_of(PERSONAL.campaign) if not (unused and uses)]


def codes_of(campaign: str) -> list[tuple[str, int]]:
    """(code, uses) of a campaign's codes in the order they were made in."""
    with connection.cursor() as cursor:
        cursor.execute(CODES_OF, [campaign])
        return cursor.fetchall()


CODES_OF = """
SELECT code.code, code.uses FROM promocodes_promocode code
JOIN promocodes_terms terms ON terms.id = code.terms_id
JOIN promocodes_campaign campaign ON campaign.id = terms.campaign_id
WHERE campaign.name = %s ORDER BY code.id
"""
