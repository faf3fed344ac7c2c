"""Several workers send at once, and are killed while they do: each letter goes out, none twice but by a kill (N-4).

The control without the claim must send some twice: otherwise the crowd proves nothing.
"""

import multiprocessing
import os
import re
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail.backends.filebased import EmailBackend
from django.db import connections
from django.utils import timezone

from notifications import tasks
from notifications.models import OutboxMessage
from notifications.services import claims
from notifications.tasks import send_messages
from tests.notifications.rows import message, offenders, reader, told
from tests.points.rows import earn
from tests.races.crowd import crowd

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WORKERS, MESSAGES = 8, 200


@pytest.fixture
def post(settings: Any, tmp_path: Path) -> Path:
    """Letters lie here as files: every process sees those of all."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def sent(post: Path) -> Counter[str]:
    """Message-ID → how many letters went out under it."""
    letters = "".join(path.read_text() for path in post.iterdir())
    return Counter(re.findall(r"^Message-ID: (\S+)", letters, re.MULTILINE))


def queued(count: int) -> list[OutboxMessage]:
    now = timezone.now()
    rows = []
    for number in range(count):
        customer = reader()
        earn(customer, 100, f"earn:test:{customer.pk}", expires_at=now + timedelta(days=9), available_from=now)
        day = timezone.localdate(now + timedelta(days=9)).isoformat()
        payload = {"points": 100, "expires_on": day, "days": 30}
        rows.append(message(customer, key=f"race:{number}", now=now, payload=payload))
    return rows


def work(_number: int) -> str:
    return "sent" if send_messages() else "idle"


def test_eight_workers_send_each_message_once(post: Path) -> None:
    rows = queued(MESSAGES)
    crowd(work, WORKERS, workers=WORKERS)
    assert sorted(sent(post).values()) == [1] * MESSAGES
    assert OutboxMessage.objects.filter(sent_at__isnull=False, attempts=1).count() == len(rows)
    assert offenders() == set()


def test_control_without_the_claim_letters_go_out_twice(post: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody has looked before anybody sends: then each takes the same."""
    queued(10)
    monkeypatch.setattr(
        claims,
        "CLAIM",
        "SELECT *, %(until)s FROM notifications_outboxmessage WHERE next_try_at <= %(now)s AND kind = ANY(%(kinds)s)"
        " ORDER BY next_try_at, id LIMIT %(limit)s",
    )
    together = multiprocessing.get_context("fork").Barrier(WORKERS)
    really, waited = tasks._send_chunk, []

    def after_all_have_looked(claimed: Any) -> int:
        if not waited:
            waited.append(together.wait(timeout=60))
        return really(claimed)

    monkeypatch.setattr(tasks, "_send_chunk", after_all_have_looked)
    crowd(work, WORKERS, workers=WORKERS)
    assert max(sent(post).values()) == WORKERS


class KilledAfterSending(EmailBackend):
    """The letter is out, and the worker is gone before it can write that down."""

    def send_messages(self, email_messages: Any) -> int:
        count = super().send_messages(email_messages)
        os.kill(os.getpid(), signal.SIGKILL)
        return int(count)


def test_a_worker_killed_before_its_note_sends_again_under_the_same_id(post: Path, settings: Any) -> None:
    rows = queued(5)
    settings.EMAIL_BACKEND = f"{__name__}.KilledAfterSending"
    connections.close_all()
    worker = multiprocessing.get_context("fork").Process(target=send_messages)
    worker.start()
    worker.join()
    assert worker.exitcode == -signal.SIGKILL
    assert sorted(sent(post).values()) == [1]

    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert send_messages() == 0  # the claim holds still
    OutboxMessage.objects.update(next_try_at=timezone.now())  # the lease is over
    assert send_messages() == len(rows)
    assert sorted(sent(post).values()) == [1, 1, 1, 1, 2]
    assert {told(row)["attempts"] for row in rows} == {2}
    assert offenders() == set()
