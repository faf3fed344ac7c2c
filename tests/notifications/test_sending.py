"""N-4, CU-2: a message is sent once, only with consent, and what did not go out says why."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from customers.models import Consent
from loyalty_site.kernel.transactions import in_transaction
from notifications.models import OutboxMessage
from notifications.queries import State, in_state, known_kinds, state_of
from notifications.rules import GIVE_BACK, LEASE, MOST_ATTEMPTS, retry_after
from notifications.services import (
    NotFailed,
    claim_messages,
    drop_stale,
    fail_message,
    mark_sent,
    put_off,
    queue_messages,
    resend_message,
    skip_message,
)
from notifications.tasks import send_messages
from tests.factories import NOW, CustomerFactory, UserFactory
from tests.notifications.mail_server import mail_server
from tests.notifications.rows import give_expiring, letter_to_write, message, offenders, reader, told

pytestmark = pytest.mark.django_db


def test_a_due_message_is_sent_once():
    row = letter_to_write(email="buyer@shop.test")
    assert (send_messages(), send_messages()) == (1, 0)
    (letter,) = mail.outbox
    subject = letter.subject.replace("\N{NO-BREAK SPACE}", " ")
    assert letter.to == ["buyer@shop.test"]
    assert subject == "Скоро сгорят баллы: 100 баллов, последний день — 20 июня 2026"
    assert told(row) == {"sent_at": NOW, "claimed_at": NOW, "attempts": 1}
    assert offenders() == set()


def test_letters_are_from_the_shop_by_a_machine_under_the_same_id_each_time(settings):
    settings.SHOP_NAME, settings.DEFAULT_FROM_EMAIL = "Shop", "mail@shop.test"
    row = letter_to_write()
    send_messages()
    OutboxMessage.objects.update(sent_at=None, next_try_at=NOW)
    send_messages()
    first, second = (letter.message() for letter in mail.outbox)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].startswith(f"<message.{row.pk}.")
    assert first["Message-ID"].endswith("@shop.test>")
    assert (first["From"], first["Auto-Submitted"]) == ("Shop <mail@shop.test>", "auto-generated")
    assert first["List-Unsubscribe"] == "<http://127.0.0.1:8000/account/profile/>"
    assert [part.get_content_type() for part in first.get_payload()] == ["text/plain", "text/html"]


def test_nothing_is_sent_without_consent():
    customer = CustomerFactory.create()
    give_expiring(customer)
    row = message(customer)
    assert (send_messages(), mail.outbox) == (0, [])
    assert told(row) == {"skipped_at": NOW, "skip_reason": "no_consent", "claimed_at": NOW, "attempts": 1}


def test_consent_is_asked_for_at_the_moment_of_sending():
    row = letter_to_write()
    Consent.objects.filter(customer=row.customer).update(withdrawn_at=NOW)
    assert (send_messages(), mail.outbox) == (0, [])
    assert told(row)["skip_reason"] == "no_consent"


def test_consent_to_something_else_is_none():
    row = letter_to_write()
    Consent.objects.update(purpose="sms")
    assert (send_messages(), told(row)["skip_reason"]) == (0, "no_consent")


def test_who_has_no_address_gets_nothing():
    customer = reader(email=None, phone="+79161234567")
    row = message(customer)
    assert (send_messages(), told(row)["skip_reason"]) == (0, "no_address")


def test_what_is_no_longer_true_is_not_sent():
    row = message(reader())
    assert (send_messages(), told(row)["skip_reason"]) == (0, "not_true")


def test_old_messages_are_skipped_before_they_are_taken():
    row = letter_to_write()
    OutboxMessage.objects.update(created_at=NOW - timedelta(days=3, seconds=1), next_try_at=NOW - timedelta(days=3))
    assert (send_messages(), mail.outbox) == (0, [])
    assert told(row) == {"skipped_at": NOW, "skip_reason": "stale"}


def test_a_message_that_was_tried_for_days_has_failed():
    row = letter_to_write()
    OutboxMessage.objects.update(created_at=NOW - timedelta(days=4), error="unreachable")
    send_messages()
    assert told(row) == {"failed_at": NOW, "error": "unreachable"}


def test_a_kind_without_a_letter_is_left_alone_until_it_is_old():
    row = message(reader(), kind="win_back")
    assert (send_messages(), told(row)) == (0, {"next_try_at": NOW})
    with time_machine.travel(NOW + timedelta(days=4), tick=False):
        send_messages()
    assert told(row)["skip_reason"] == "stale"


def test_a_later_message_waits():
    row = letter_to_write()
    OutboxMessage.objects.update(next_try_at=NOW + timedelta(minutes=1))
    assert (send_messages(), told(row)) == (0, {"next_try_at": NOW + timedelta(minutes=1)})


def test_one_query_says_how_it_stands_and_finds_it():
    letter_to_write()
    states = {}
    for values in (
        {},
        {"claimed_at": NOW, "next_try_at": NOW + LEASE},
        {"claimed_at": NOW - LEASE, "next_try_at": NOW},
        {"next_try_at": None, "sent_at": NOW},
        {"next_try_at": None, "skipped_at": NOW, "skip_reason": "stale"},
        {"next_try_at": None, "failed_at": NOW, "error": "busy"},
    ):
        row = message(reader(), **values)
        states[row.pk] = state_of(row, now=NOW)
    assert list(states.values()) == ["waiting", "sending", "waiting", "sent", "skipped", "failed"]
    for state in State:
        found = set(OutboxMessage.objects.filter(in_state(state, now=NOW), pk__in=states).values_list("pk", flat=True))
        assert found == {pk for pk, own in states.items() if own == state}


def claim(limit=20):
    return in_transaction(lambda: claim_messages(kinds=known_kinds(), now=timezone.now(), limit=limit))


def test_a_claim_is_a_lease():
    row = letter_to_write()
    (claimed,) = claim()
    assert (claimed.id, claimed.attempts, claim()) == (row.pk, 1, [])
    with time_machine.travel(NOW + LEASE, tick=False):
        (again,) = claim()
    assert (again.id, again.attempts) == (row.pk, 2)


def test_who_has_lost_his_claim_changes_nothing_but_a_letter_that_went_out():
    row = letter_to_write()
    (lost,) = claim()
    with time_machine.travel(NOW + LEASE, tick=False):
        (held,) = claim()
    later = NOW + LEASE
    assert not in_transaction(lambda: put_off(claimed=lost, error=OutboxMessage.Error.BUSY, now=later))
    assert not in_transaction(lambda: fail_message(claimed=lost, error=OutboxMessage.Error.BUSY, now=later))
    assert not in_transaction(lambda: skip_message(claimed=lost, reason=OutboxMessage.SkipReason.NO_CONSENT, now=later))
    assert told(row)["next_try_at"] == later + LEASE
    assert in_transaction(lambda: mark_sent(claimed=lost, now=later))
    assert not in_transaction(lambda: mark_sent(claimed=held, now=later))
    assert told(row)["sent_at"] == later


def test_tries_come_further_and_further_apart_and_end_before_the_message_is_old():
    waits = [retry_after(attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert waits[-1] is None
    assert waits[:-1] == sorted(waits[:-1])
    assert sum(waits[:-1], timedelta()) < timedelta(days=2)


def test_a_worker_that_dies_again_and_again_over_a_letter_gives_it_up():
    row = letter_to_write()
    OutboxMessage.objects.update(attempts=MOST_ATTEMPTS)
    assert (send_messages(), mail.outbox) == (0, [])
    assert told(row) == {"failed_at": NOW, "error": "cut_off", "claimed_at": NOW, "attempts": MOST_ATTEMPTS + 1}


def test_a_mistake_in_one_letter_stops_no_other():
    broken, good = letter_to_write(), letter_to_write()
    OutboxMessage.objects.filter(pk=broken.pk).update(payload={})
    assert send_messages() == 1
    assert told(good)["sent_at"] == NOW
    assert told(broken) == {"next_try_at": NOW + timedelta(minutes=1), "attempts": 1, "error": "unwritten"}


@pytest.mark.parametrize(("letters", "statements"), [(1, 6), (3, 12)])
def test_a_letter_costs_few_statements(django_assert_num_queries, letters, statements):
    """A run: what is old, two claims. A letter: the customer with his consent, the points, the note that it went."""
    for _ in range(letters):
        letter_to_write()
    with django_assert_num_queries(statements):
        assert send_messages() == letters


def test_a_message_is_queued_to_be_sent_at_once():
    customer = CustomerFactory.create()
    select = "SELECT 'key:1', %(customer)s::bigint, '{}'::jsonb"
    for expected in (1, 0):
        queued = in_transaction(
            lambda: queue_messages(kind="thank_you", select=select, params={"customer": customer.pk}, now=NOW)
        )
        assert queued == expected
    assert told(OutboxMessage.objects.get()) == {"next_try_at": NOW}


def test_only_what_failed_is_sent_again():
    row = letter_to_write()
    with pytest.raises(NotFailed):
        in_transaction(lambda: resend_message(message_id=row.pk, by=UserFactory.create(), now=NOW))
    OutboxMessage.objects.update(
        next_try_at=None, failed_at=NOW, error="refused", attempts=8, created_at=NOW - timedelta(days=9)
    )
    in_transaction(lambda: resend_message(message_id=row.pk, by=UserFactory.create(), now=NOW))
    assert send_messages() == 1
    assert told(row) == {"sent_at": NOW, "claimed_at": NOW, "attempts": 1}


def test_stale_messages_go_in_chunks():
    for _ in range(3):
        message(reader(), now=NOW - timedelta(days=4))
    assert [in_transaction(lambda: drop_stale(now=NOW, limit=2)) for _ in range(3)] == [2, 1, 0]


# What a mail server says, and what becomes of the letter: tries, when again, error, its answer.
ANSWERS = {
    "no such mailbox": ({"RCPT": "550 5.1.1 no buyer@shop.test here"}, (None, "refused", "550 5.1.1")),
    "mailbox full": ({"RCPT": "452 4.2.2 full"}, (timedelta(minutes=1), "busy", "452 4.2.2")),
    "spam": ({".": "554 spam"}, (None, "refused", "554")),
    "grey list": ({".": "451 4.7.1 later"}, (timedelta(minutes=1), "busy", "451 4.7.1")),
    "hangs up": ({".": None}, (timedelta(minutes=1), "unreachable", "")),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_a_refusal_is_for_good_or_for_now(settings, case):
    answers, (again, error, code) = ANSWERS[case]
    row = letter_to_write()
    with mail_server(settings, answers):
        assert send_messages() == 0
    row.refresh_from_db()
    assert (row.error, row.error_code, row.attempts) == (error, code, 1)
    assert (row.next_try_at, row.failed_at) == ((NOW + again, None) if again else (None, NOW))


@pytest.mark.parametrize("answers", [{"MAIL": "550 who are you"}, {"MAIL": "421 too many"}])
def test_who_is_not_taken_himself_waits_with_all_letters_and_counts_no_try(settings, answers):
    rows = [letter_to_write() for _ in range(2)]
    with mail_server(settings, answers):
        assert send_messages() == 0
    assert [told(row) for row in rows] == [{"next_try_at": NOW + GIVE_BACK, "error": "unreachable"}] * 2


def test_a_mail_server_that_is_away_counts_no_try(settings):
    rows = [letter_to_write() for _ in range(2)]
    with mail_server(settings):
        pass
    assert send_messages() == 0
    assert [told(row) for row in rows] == [{"next_try_at": NOW + GIVE_BACK, "error": "unreachable"}] * 2
    with mail_server(settings) as server, time_machine.travel(NOW + GIVE_BACK, tick=False):
        assert send_messages() == 2
    assert len(server.letters) == 2
    assert all("sent_at" in told(row) for row in rows)


def test_the_log_names_no_address(caplog):
    letter_to_write(email="buyer@shop.test")
    with caplog.at_level("INFO"):
        send_messages()
    (line,) = [record for record in caplog.records if record.name == "notifications.tasks"]
    told = {name: line.msg[name] for name in ("event", "kind", "outcome", "tries")}
    assert told == {"event": "message_done", "kind": "points_expiring", "outcome": "sent", "tries": 1}
    assert "buyer" not in caplog.text
