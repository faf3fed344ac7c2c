"""Messages in the back office: found, looked at, sent again (N-4, CU-10)."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from notifications.models import OutboxMessage
from tests.factories import NOW
from tests.notifications.rows import letter_to_write, message, reader

LIST = "admin:notifications_outboxmessage_changelist"


@pytest.fixture
def manager(as_role: Any) -> Client:
    client: Client = as_role("manager")
    return client


def address(what: str, row: OutboxMessage) -> str:
    return reverse(f"admin:notifications_outboxmessage_{what}", args=[row.pk])


def failed(**values: Any) -> OutboxMessage:
    row = letter_to_write(**values)
    OutboxMessage.objects.filter(pk=row.pk).update(
        next_try_at=None, failed_at=NOW, error="refused", error_code="550 5.1.1", attempts=1
    )
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_few_statements(count: int, manager: Client, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        failed()
    with django_assert_num_queries(6):
        assert manager.get(reverse(LIST)).status_code == 200


def test_list_is_filtered_by_state_kind_and_customer(manager: Client) -> None:
    bad, waits = failed(), letter_to_write()
    thanks = message(reader(), kind="thank_you")

    def shown(**query: Any) -> set[int]:
        page = manager.get(reverse(LIST), query)
        return {row.pk for row in page.context["cl"].result_list}

    assert shown(state="failed") == {bad.pk}
    assert shown(state="waiting") == {waits.pk, thanks.pk}
    assert shown(kind="thank_you") == {thanks.pk}
    assert shown(of=waits.customer_id) == {waits.pk}
    assert shown(state="nonsense", kind="nonsense", of="x") == {bad.pk, waits.pk, thanks.pk}


def test_messages_are_found_by_customer_and_key(manager: Client) -> None:
    mine = letter_to_write(email="needle@shop.test", last_name="Petrova", phone="+79161234567")
    letter_to_write()
    for typed in ("needle", "petrova", "8 916 123-45-67", mine.key):
        page = manager.get(reverse(LIST), {"q": typed})
        assert [row.pk for row in page.context["cl"].result_list] == [mine.pk], typed


def test_page_shows_why_it_failed_and_the_letter(manager: Client) -> None:
    row = failed()
    page = manager.get(address("page", row)).content.decode()
    assert "the mail server refused the letter for good (550 5.1.1)" in page.replace("The mail", "the mail")
    assert "Subject" in page
    assert f'src="{address("letter", row)}"' in page


def test_the_letter_is_shown_in_a_frame_of_its_own_without_scripts(manager: Client) -> None:
    answer = manager.get(address("letter", letter_to_write()))
    policy = answer["Content-Security-Policy"]
    assert "20\N{NO-BREAK SPACE}июня" in answer.content.decode()
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src 'none'" in policy
    assert "sandbox" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_page_says_that_there_is_no_letter(manager: Client) -> None:
    stale = message(reader())
    unknown = message(reader(), kind="win_back")
    broken = message(reader(), payload={})
    for row, note in (
        (stale, "What it says is no longer true"),
        (unknown, "Messages of this kind are not sent by e-mail yet."),
        (broken, "The letter cannot be written"),
    ):
        assert note in manager.get(address("page", row)).content.decode()
        assert manager.get(address("letter", row)).status_code == 404


def test_a_failed_message_is_sent_again_by_who_may(manager: Client, as_role: Any, staff: Any) -> None:
    row = failed()
    assert as_role("support").post(address("resend", row)).status_code == 403
    assert manager.get(address("resend", row)).status_code == 405
    manager.post(address("resend", row))
    row.refresh_from_db()
    assert (row.next_try_at, row.failed_at, row.attempts) == (NOW, None, 0)
    assert (row.asked_again_at, row.asked_again_by) == (NOW, staff("manager"))
    (event,) = apps.get_model("notifications", "OutboxMessageEvent").objects.filter(pgh_obj=row)
    assert (event.asked_again_at, event.asked_again_by_id) == (NOW, staff("manager").pk)


def test_what_waits_is_not_sent_again(manager: Client) -> None:
    row = letter_to_write()
    OutboxMessage.objects.update(next_try_at=NOW + timedelta(hours=1))
    page = manager.post(address("resend", row), follow=True).content.decode()
    assert "Only a message that has failed can be sent again." in page
    row.refresh_from_db()
    assert row.next_try_at == NOW + timedelta(hours=1)


def test_nobody_finds_a_button_that_he_may_not_press(as_role: Any, manager: Client) -> None:
    row = failed()
    assert "Send again" in manager.get(address("page", row)).content.decode()
    assert "Send again" not in as_role("support").get(address("page", row)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_customers_page_lists_the_last_messages(count: int, manager: Client, django_assert_num_queries: Any) -> None:
    customer = reader()
    for number in range(count):
        message(customer, key=f"m:{number}")
    page = manager.get(reverse("admin:customers_customer_change", args=[customer.pk])).content.decode()
    assert page.count("Points expire") == count
    assert f"{reverse(LIST)}?of={customer.pk}" in page
