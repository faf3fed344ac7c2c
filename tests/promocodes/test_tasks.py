"""Batches filled, quotes rolled up, budgets watched (PC-15, PC-17, PC-21)."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.db import IntegrityError, connection, transaction

from loyalty_site.kernel.transactions import in_transaction
from promocodes import tallies
from promocodes.models import Batch, CampaignSpending, PromoCode, QuoteTally
from promocodes.queries import batch_codes_csv, write_batch_codes_xlsx
from promocodes.rules.code_text import ALPHABET
from promocodes.rules.generation import random_codes
from promocodes.services import count_quote
from promocodes.services.filling import fill_chunk
from promocodes.services.quotes import add_tallies
from promocodes.tasks import continue_batches, fill_batch, roll_up_quotes, warn_of_spent_budgets
from tests.factories import NOW, UserFactory
from tests.promocodes.rows import make_batch, make_campaign, make_code

pytestmark = pytest.mark.django_db


def codes_of(batch: Batch) -> list[str]:
    return list(PromoCode.objects.filter(terms=batch.terms).order_by("pk").values_list("code", flat=True))


def test_fill_batch_makes_exactly_the_codes_asked_for() -> None:
    batch = make_batch(count=1234, code_length=12, max_uses=7)

    fill_batch(batch_id=batch.pk)
    fill_batch(batch_id=batch.pk)

    batch.refresh_from_db()
    codes = codes_of(batch)
    assert (batch.created_count, batch.finished_at is not None, len(set(codes))) == (1234, True, 1234)
    assert {len(code) for code in codes} == {12}
    assert set("".join(codes)) == set(ALPHABET)
    plain = PromoCode.objects.filter(terms=batch.terms).values_list("switch", "max_uses", "uses").distinct()
    assert list(plain) == [(None, 7, 0)]


def test_fill_chunk_goes_on_where_a_killed_worker_stopped() -> None:
    batch = make_batch(count=25, code_length=12)
    in_transaction(lambda: fill_chunk(batch_id=batch.pk, now=NOW, chunk=10))
    with transaction.atomic():
        fill_chunk(batch_id=batch.pk, now=NOW, chunk=10)
        # What a kill before the commit comes to.
        transaction.set_rollback(True)
    batch.refresh_from_db()
    assert (batch.created_count, len(codes_of(batch)), batch.finished_at) == (10, 10, None)

    continue_batches.run()
    fill_batch(batch_id=batch.pk)

    batch.refresh_from_db()
    assert (batch.created_count, len(codes_of(batch))) == (25, 25)


@pytest.mark.django_db(transaction=True)
def test_fill_chunk_with_a_code_that_exists_leaves_nothing_and_can_be_called_again() -> None:
    taken = make_code().code
    batch = make_batch(count=3, code_length=10)

    def collides(count: int, length: int) -> Sequence[str]:
        return [taken, *random_codes(count - 1, length)]

    with pytest.raises(IntegrityError):
        in_transaction(lambda: fill_chunk(batch_id=batch.pk, now=NOW, draw=collides))
    assert codes_of(batch) == []

    fill_batch(batch_id=batch.pk)
    assert len(codes_of(batch)) == 3


def test_fill_batch_leaves_a_batch_that_another_worker_is_at() -> None:
    batch = make_batch(count=3)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(7201, %s)", [batch.pk])
        fill_batch(batch_id=batch.pk)
        assert codes_of(batch) == []
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(7201, %s)", [batch.pk])
    finally:
        other.close()
    fill_batch(batch_id=batch.pk)
    assert len(codes_of(batch)) == 3


def test_a_code_without_terms_is_refused_by_the_database() -> None:
    code = make_code()
    with pytest.raises(IntegrityError), transaction.atomic():
        PromoCode.objects.filter(pk=code.pk).update(terms_id=404)
    with pytest.raises(IntegrityError), transaction.atomic():
        PromoCode.objects.create(code="ABCDEF2345", terms_id=404)


@pytest.mark.parametrize("code", ["шуба500", "abcdef2345", "ABCDE", "ABC-DEF-GH", "A" * 33])
def test_a_code_outside_the_alphabet_is_refused_by_the_database(code: str) -> None:
    terms = make_code().terms
    with pytest.raises(Exception, match=r"promocode_code_alphabet|too long"), transaction.atomic():
        PromoCode.objects.create(code=code, terms=terms)


def test_codes_of_a_batch_as_csv_and_xlsx() -> None:
    batch = make_batch(count=25, code_length=12)
    fill_batch(batch_id=batch.pk)
    PromoCode.objects.filter(code=codes_of(batch)[0]).update(uses=2)

    text = b"".join(batch_codes_csv(batch)).decode("utf-8-sig")
    uses = [2, *[0] * 24]
    lines = [f"{code},{used}" for code, used in zip(codes_of(batch), uses, strict=True)]
    assert text.splitlines() == ["code,uses", *lines]

    file = io.BytesIO()
    write_batch_codes_xlsx(batch, file)
    sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    assert [sheet.count(f"<t>{code}</t>") for code in codes_of(batch)] == [1] * 25


@pytest.fixture
def _no_quotes_yet() -> Iterator[None]:
    tallies._client().flushdb()
    yield
    tallies._client().flushdb()


@pytest.mark.usefixtures("_no_quotes_yet")
def test_quotes_are_rolled_up_once() -> None:
    code = make_code()
    for _number in range(3):
        count_quote(promo_code_id=code.pk, channel="site", outcome="applied", now=NOW)
    count_quote(promo_code_id=None, channel="pos", outcome="not_found", now=NOW)
    count_quote(promo_code_id=404, channel="pos", outcome="applied", now=NOW)
    roll_up_quotes()
    count_quote(promo_code_id=code.pk, channel="site", outcome="applied", now=NOW)
    roll_up_quotes()
    roll_up_quotes()

    rows = QuoteTally.objects.order_by("outcome").values_list("promo_code_id", "day", "channel", "outcome", "count")
    assert list(rows) == [
        (code.pk, date(2026, 6, 10), "site", "applied", 4),
        (None, date(2026, 6, 10), "pos", "not_found", 1),
    ]


@pytest.mark.usefixtures("_no_quotes_yet")
def test_quotes_rolled_up_by_a_worker_that_died_before_forgetting_are_not_counted_twice() -> None:
    code = make_code()
    count_quote(promo_code_id=code.pk, channel="site", outcome="applied", now=NOW)
    for name, heap in tallies.take_tallies().items():
        assert in_transaction(lambda name=name, heap=heap: add_tallies(name=name, tallies=heap, now=NOW)) is True

    roll_up_quotes()

    assert QuoteTally.objects.get().count == 1
    assert tallies.take_tallies() == {}


def test_count_quote_without_redis_is_silent(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(tallies, "_client", tallies._client.__wrapped__)
    monkeypatch.setattr(tallies, "_closed_until", 0.0)
    count_quote(promo_code_id=1, channel="site", outcome="applied", now=NOW)
    assert tallies._closed_until > 0


def test_staff_are_warned_once_at_80_and_once_at_100_percent() -> None:
    marketers = Group.objects.create(name="who may change campaigns")
    marketers.permissions.add(Permission.objects.get(codename="change_campaign"))
    reader = UserFactory.create(is_staff=True)
    reader.groups.add(marketers)
    UserFactory.create(is_staff=True)
    campaign = make_campaign(name="Лето", budget=Decimal(1000))

    def spend(amount: int) -> list[str]:
        CampaignSpending.objects.update(spent=amount)
        mail.outbox.clear()
        warn_of_spent_budgets()
        warn_of_spent_budgets()
        return [recipient for letter in mail.outbox for recipient in letter.to]

    assert spend(799) == []
    assert spend(800) == [reader.email]
    assert spend(999) == []
    assert spend(1000) == [reader.email]
    campaign.budget = Decimal(1100)
    campaign.save()
    assert CampaignSpending.objects.values_list("budget", "warned_percent").get() == (Decimal(1100), 0)
    assert spend(1000) == [reader.email]


def test_a_warning_that_could_not_be_sent_is_tried_again(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    UserFactory.create(is_staff=True, is_superuser=True)
    make_campaign(budget=Decimal(100))
    CampaignSpending.objects.update(spent=100)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    warn_of_spent_budgets()
    assert CampaignSpending.objects.get().warned_percent == 0

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    warn_of_spent_budgets()
    assert (CampaignSpending.objects.get().warned_percent, len(mail.outbox)) == (100, 1)
