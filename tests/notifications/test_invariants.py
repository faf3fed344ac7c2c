"""The doctor finds what must not be: each invariant of messages is broken on purpose once (RELIABILITY 20, 22)."""

import pytest
from django.db import connection

from notifications.models import OutboxMessage
from notifications.queries import INVARIANTS
from notifications.tasks import send_messages
from tests.factories import NOW
from tests.notifications.rows import letter_to_write, message, offenders, reader

pytestmark = pytest.mark.django_db

# A statement that breaks one invariant each, around the rows of `post`.
BREAKS = {
    "messages_none_stuck": "UPDATE notifications_outboxmessage SET created_at = now() - interval '5 days',"
    " next_try_at = now() - interval '25 hours' WHERE next_try_at IS NOT NULL",
    "messages_end_once": "UPDATE notifications_outboxmessage SET next_try_at = now() WHERE sent_at IS NOT NULL",
    "messages_once_per_key": "UPDATE notifications_outboxmessage SET key = 'one'",
    "messages_sent_with_consent": "DELETE FROM customers_consent",
}


@pytest.fixture
def post():
    """One message that was sent, with consent since, and one that waits."""
    letter_to_write()
    send_messages()
    # The doctor goes by the database's clock, which nobody stops.
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        message(reader(), key="waits", now=cursor.fetchone()[0])


def plant(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype IN ('c', 'u')"
            " AND conrelid = 'notifications_outboxmessage'::regclass"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE notifications_outboxmessage DROP CONSTRAINT "{name}"')
        cursor.execute(statement)


def test_true_post_has_no_offenders(post):
    assert OutboxMessage.objects.filter(sent_at=NOW).count() == 1
    assert offenders() == set()


@pytest.mark.parametrize("code", BREAKS)
def test_planted_offender_is_found(post, code):
    plant(BREAKS[code])
    assert code in offenders()


@pytest.mark.parametrize(("withdrawn", "found"), [("4 minutes", set()), ("6 minutes", {"messages_sent_with_consent"})])
def test_a_consent_withdrawn_while_the_letter_was_on_its_way_was_one(post, withdrawn, found):
    plant(
        "UPDATE customers_consent SET given_at = given_at - interval '1 day',"
        f" withdrawn_at = '2026-06-10 09:00Z'::timestamptz - interval '{withdrawn}'"
    )
    assert offenders() == found


def test_every_invariant_is_broken_once():
    assert {item.code for item in INVARIANTS} == set(BREAKS)
