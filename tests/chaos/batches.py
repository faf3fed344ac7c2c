"""A batch of codes whose worker is killed again and again: all codes, each once (PC-15)."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

from django.db import connection
from django.utils import timezone

from loyalty_site.kernel.transactions import in_transaction
from promocodes.models import Batch
from promocodes.services import CodeSpec, create_batch
from promocodes.tasks import continue_batches
from tests.chaos.stage import Findings, Scale, Verdict, judged

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 120
COUNT = "SELECT count(*), count(DISTINCT code) FROM promocodes_promocode WHERE terms_id = %s"


def experiments(scale: Scale) -> Iterator[Verdict]:
    yield judged(f"batch of {scale.batch:,}, worker killed × {scale.batch_kills}", partial(killed_worker, scale))


def killed_worker(scale: Scale) -> Findings:
    batch_id = in_transaction(partial(_create, scale.batch)).pk
    kills = 0
    while kills < scale.batch_kills and not _is_finished(batch_id):
        worker = _start_worker()
        try:
            # What the beat does every minute: takes up what a dead worker left.
            continue_batches()
            if _wait_for_more(batch_id):
                time.sleep(random.uniform(0, 0.5))
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        kills += 1
    worker = _start_worker()
    try:
        continue_batches()
        _wait_until_finished(batch_id)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    return _seen(batch_id, kills, scale)


def _seen(batch_id: int, kills: int, scale: Scale) -> Findings:
    batch = Batch.objects.get(pk=batch_id)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [batch.terms_id])
        made, distinct = cursor.fetchone()
    wrong = []
    if (made, distinct, batch.created_count) != (scale.batch,) * 3:
        wrong.append(f"{made} codes, {distinct} distinct, {batch.created_count} counted, of {scale.batch}")
    if batch.finished_at is None:
        wrong.append("not finished")
    return f"{made:,} codes after {kills} kills", wrong


def _create(count: int) -> Batch:
    now = timezone.now()
    spec = CodeSpec(
        type="percent",
        value=Decimal(10),
        categories=(),
        required_categories=(),
        minimum_order=None,
        starts_at=now,
        ends_at=now + timedelta(days=1),
        max_uses=1,
        max_uses_per_customer=None,
        first_order_only=False,
        segment=None,
        campaign=None,
    )
    return create_batch(spec=spec, count=count, by=None, now=now)


def _start_worker() -> "subprocess.Popen[bytes]":
    """In a session of its own, so that the kill takes its children too."""
    arguments = ("-m", "celery", "--quiet", "-A", "loyalty_site", "worker", "--concurrency=2", "--without-gossip")
    return subprocess.Popen(
        [sys.executable, *arguments, "--without-mingle", "--loglevel=CRITICAL"],
        cwd=PROJECT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _made(batch_id: int) -> int:
    return Batch.objects.values_list("created_count", flat=True).get(pk=batch_id)


def _is_finished(batch_id: int) -> bool:
    return Batch.objects.filter(pk=batch_id, finished_at__isnull=False).exists()


def _wait_for_more(batch_id: int) -> bool:
    """Until the worker has made some codes; False when it made none in time."""
    before, deadline = _made(batch_id), time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if _made(batch_id) > before:
            return True
        time.sleep(0.05)
    return False


def _wait_until_finished(batch_id: int) -> None:
    deadline = time.monotonic() + 10 * PATIENCE
    while not _is_finished(batch_id) and time.monotonic() < deadline:
        time.sleep(0.2)
