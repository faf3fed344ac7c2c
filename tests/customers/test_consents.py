"""Consents: which text, when and where; withdrawn, nothing more is sent (CU-2)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from customers.models import Consent, ConsentText
from customers.queries import consent_record
from customers.services import give_consent, put_consent_text, set_consents, withdraw_consent
from loyalty_site.kernel.errors import InvalidInput
from notifications.models import OutboxMessage
from notifications.tasks import send_messages
from tests.factories import NOW, CustomerFactory, UserFactory
from tests.notifications.rows import letter_to_write

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def test_a_consent_names_the_text_that_was_agreed_to():
    customer, staff = CustomerFactory(), UserFactory(is_staff=True)
    set_consents(customer=customer, purposes=["email"], now=NOW, source="site")
    put_consent_text(purpose="email", text="Новый текст", text_en="New words", by=staff, now=LATER)
    withdraw_consent(customer_id=customer.pk, purpose="email", now=LATER, source="account")
    give_consent(customer_id=customer.pk, purpose="email", now=LATER, source="account")

    with override("ru"):
        record = next(record for record in consent_record(customer.pk) if record.purpose == "email")

    assert (record.version, record.text) == (2, "Новый текст")
    assert [(given.version, given.text[:9], given.source, given.withdrawn_source) for given in record.history] == [
        ("2", "Новый тек", "account", ""),
        ("1", "Присылайт", "site", "account"),
    ]


def test_the_same_words_are_no_new_version_and_old_ones_stay():
    first = put_consent_text(purpose="sms", text="Один", text_en="", by=None, now=NOW)
    again = put_consent_text(purpose="sms", text=" Один ", text_en="", by=None, now=LATER)

    assert (first.pk, first.version) == (again.pk, 2)
    assert list(ConsentText.objects.filter(purpose="sms").order_by("version").values_list("version", flat=True)) == [
        1,
        2,
    ]


@pytest.mark.parametrize(("purpose", "text"), [("spam", "Да"), ("email", " ")])
def test_a_text_of_nothing_is_refused(purpose, text):
    with pytest.raises(InvalidInput):
        put_consent_text(purpose=purpose, text=text, text_en="", by=None, now=NOW)


def test_withdrawing_acts_on_what_waits_already():
    """Queued before, in a worker's hands a lease ago: the sender asks again before every letter."""
    row = letter_to_write()
    now = timezone.now()
    OutboxMessage.objects.filter(pk=row.pk).update(created_at=now, next_try_at=now, claimed_at=now, attempts=1)
    withdraw_consent(customer_id=row.customer_id, purpose="email", now=NOW, source="account")

    send_messages()

    row.refresh_from_db()
    assert (len(mail.outbox), row.sent_at, row.skip_reason) == (0, None, "no_consent")


def test_the_customer_withdraws_and_gives_again_in_the_account():
    user = UserFactory()
    customer = CustomerFactory(user=user, email=user.email)
    set_consents(customer=customer, purposes=["email"], now=NOW, source="site")
    client = Client()
    client.force_login(user)

    client.post(reverse("account:consent"), {"purpose": "email", "agree": "no"})
    client.post(reverse("account:consent"), {"purpose": "email", "agree": "yes"})

    rows = Consent.objects.filter(customer=customer).order_by("pk")
    assert list(rows.values_list("source", "withdrawn_source")) == [("site", "account"), ("account", "")]
    page = client.get(reverse("account:data"))
    assert page.status_code == 200
    assert page.content.decode().count("<details>") == 1


def test_words_that_have_changed_since_they_were_shown_are_not_agreed_to():
    """In the account, among his own details and at registration: the version he saw is the version that is kept."""
    user = UserFactory()
    customer = CustomerFactory(user=user, email=user.email)
    client, stranger = Client(), Client()
    client.force_login(user)
    form = {"email": "new@shop.test", "password1": "correct horse 7", "agrees_email": "1"}
    put_consent_text(purpose="email", text="Новый текст", text_en="New words", by=None, now=LATER)

    client.post(reverse("account:consent"), {"purpose": "email", "agree": "yes", "version": "1"})
    details = client.post(reverse("account:profile"), {"takes_emails": "1"})
    registered = stranger.post(reverse("account_signup"), form)

    assert (details.status_code, registered.status_code) == (422, 200)
    assert not Consent.objects.exists()
    for page, tick in ((details, "takes_emails"), (registered, "agrees_email")):
        assert page.context["form"].fields[tick].label in {"Новый текст", "New words"}
        assert not page.context["form"][tick].value()
    client.post(reverse("account:consent"), {"purpose": "email", "agree": "yes", "version": "2"})
    stranger.post(reverse("account_signup"), form | {"agrees_email": "2"})
    rows = Consent.objects.order_by("pk").values_list("customer", "text_version")
    assert list(rows) == [(customer.pk, "2"), (customer.pk + 1, "2")]
