"""Notes, tags and the personal manager of a customer (CU-10)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import translation

from customers import services
from customers.models import Customer, CustomerNote, CustomerTag, StaleCustomer, Tag, User
from loyalty_site.kernel.errors import InvalidInput
from tests.factories import NOW, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory.create()


@pytest.fixture
def clerk() -> User:
    return UserFactory.create(is_staff=True)


def write(customer: Customer, text: str = "Asks to be rung up after six.", **given: object) -> CustomerNote:
    return services.write_note(customer_id=customer.pk, text=text, by=given.pop("by", None), now=NOW, **given)  # type: ignore[arg-type]


def test_a_note_is_kept_as_it_was_written(customer: Customer, clerk: User) -> None:
    note = write(customer, "  Two\r\nlines ", by=clerk, is_pinned=True)
    assert (note.text, note.author, note.written_at, note.is_pinned) == ("Two\nlines", clerk, NOW, True)
    with pytest.raises(Exception, match=r"Cannot delete"):
        note.delete()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" \n", "Write the note."),
        ("x" * 2001, "At most 2000 characters."),
        ("a\x00b", "This text holds characters that cannot be stored."),
    ],
)
def test_a_note_that_cannot_be_kept_is_refused(text: str, said: str, customer: Customer) -> None:
    with pytest.raises(InvalidInput) as refusal:
        write(customer, text)
    assert [(error.field, str(error.detail)) for error in refusal.value.errors] == [("text", said)]


def test_a_note_is_struck_once_and_leaves_the_top(customer: Customer, clerk: User) -> None:
    note = write(customer, is_pinned=True)
    services.strike_note(note_id=note.pk, by=clerk, now=NOW)
    services.strike_note(note_id=note.pk, by=None, now=NOW + timedelta(days=1))
    services.pin_note(note_id=note.pk, is_pinned=True)
    note.refresh_from_db()
    assert (note.struck_at, note.struck_by, note.is_pinned) == (NOW, clerk, False)


def test_a_note_is_put_on_top_and_taken_down(customer: Customer) -> None:
    note = write(customer)
    assert services.pin_note(note_id=note.pk, is_pinned=True).is_pinned
    assert not services.pin_note(note_id=note.pk, is_pinned=False).is_pinned
    for service in (services.pin_note, services.strike_note):
        with pytest.raises(services.NoSuchNote):
            service(note_id=0, **({"is_pinned": True} if service is services.pin_note else {"by": None, "now": NOW}))


def test_a_note_on_a_merged_record_goes_to_the_one_that_stayed(customer: Customer) -> None:
    gone = CustomerFactory.create(email=None, merged_into=customer)
    assert write(gone).customer_id == customer.pk


def test_nothing_is_put_down_of_who_was_forgotten(clerk: User) -> None:
    erased = CustomerFactory.create(email=None, erased_at=NOW)
    tag = services.put_tag(tag_id=None, name="Wholesale")
    for service, given in (
        (services.write_note, {"text": "x", "by": clerk}),
        (services.tag_customer, {"tag_id": tag.pk, "by": clerk}),
        (services.untag_customer, {"tag_id": tag.pk}),
        (services.set_manager, {"manager_id": clerk.pk}),
    ):
        with pytest.raises(services.NoSuchCustomer):
            service(customer_id=erased.pk, now=NOW, **given)  # type: ignore[operator]


def test_a_tag_is_on_a_customer_once_and_both_ways_are_kept(customer: Customer, clerk: User) -> None:
    tag = services.put_tag(tag_id=None, name="  Оптовый   покупатель ")
    assert (tag.name, tag.code) == ("Оптовый покупатель", "оптовый-покупатель")
    given = {"customer_id": customer.pk, "tag_id": tag.pk, "now": NOW}
    assert [services.tag_customer(**given, by=clerk) for _ in range(2)] == [True, False]
    assert StaleCustomer.objects.get().customer_id == customer.pk
    assert CustomerTag.objects.get().added_by == clerk
    assert [services.untag_customer(**given) for _ in range(2)] == [True, False]
    kept = CustomerTag.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    assert list(kept.values_list("pgh_label", flat=True)) == ["insert", "delete"]


@pytest.mark.parametrize("name", ["", " ", "\u202e", "\u200b\u200d"])
def test_a_tag_that_nobody_can_see_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        services.put_tag(tag_id=None, name=name)


def test_a_tag_is_renamed_and_its_code_stays() -> None:
    tag = services.put_tag(tag_id=None, name="Blogger")
    assert services.put_tag(tag_id=tag.pk, name="Writes of us").code == "blogger"
    assert services.put_tag(tag_id=None, name="Blogger").code == "blogger-2"
    assert services.put_tag(tag_id=None, name="!!").code == "tag"


def test_a_tag_is_refused_with_its_reason(customer: Customer) -> None:
    services.put_tag(tag_id=None, name="Blogger")
    with pytest.raises(services.TagTaken):
        services.put_tag(tag_id=None, name="BLOGGER")
    with pytest.raises(InvalidInput):
        services.put_tag(tag_id=None, name=" ")
    with pytest.raises(services.NoSuchTag):
        services.put_tag(tag_id=0, name="Other")
    with pytest.raises(services.NoSuchTag):
        services.tag_customer(customer_id=customer.pk, tag_id=0, by=None, now=NOW)
    assert Tag.objects.count() == 1


def test_the_manager_is_somebody_of_the_staff(customer: Customer, clerk: User) -> None:
    assert services.set_manager(customer_id=customer.pk, manager_id=clerk.pk, now=NOW).manager == clerk
    with pytest.raises(InvalidInput) as refusal:
        services.set_manager(customer_id=customer.pk, manager_id=UserFactory.create().pk, now=NOW)
    assert refusal.value.errors[0].field == "manager"
    assert services.set_manager(customer_id=customer.pk, manager_id=None, now=NOW).manager is None
    kept = Customer.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    assert list(kept.values_list("pgh_label", "manager_id")) == [
        ("before", None), ("update", clerk.pk), ("before", clerk.pk), ("update", None),
    ]  # fmt: skip
