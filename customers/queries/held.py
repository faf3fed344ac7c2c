"""What `customers` holds of one person, for his download (CU-4; port CUSTOMERS_DOWNLOAD_PARTS)."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.models import (
    Consent,
    Customer,
    CustomerNote,
    CustomerTag,
    DataDownload,
    ErasureRequest,
    Merge,
    Purchase,
    Rfm,
    RfmMove,
    SegmentMembership,
    SegmentMove,
)
from customers.queries.find import records
from customers.queries.rfm import rfm_names
from customers.rules.channels import CHANNELS
from customers.rules.places import PLACES
from loyalty_site.kernel.held import FOR_PROGRAMS, Part, part_of

PERSON = ("first_name", "last_name", "email", "phone", "birthday", "external_id")


def held_parts(customer_id: int, *, now: datetime) -> Mapping[str, Part]:
    """Every part, named as in the JSON, in the order of the port; rows are read when they are written out."""
    return {name: import_string(path)(customer_id, now=now) for name, path in settings.CUSTOMERS_DOWNLOAD_PARTS.items()}


def details(customer_id: int, *, now: datetime) -> Part:
    rows = Customer.objects.filter(pk__in=records(customer_id)).order_by("pk")
    manager = {"label": _("personal manager")}
    fields = {name: name for name in ("public_id", *PERSON, "registered_at")}
    said = {"personal_manager": manager, "public_id": FOR_PROGRAMS}
    return part_of(_("Your details"), rows, said=said, **fields, personal_manager="manager__email")


def earlier_details(customer_id: int, *, now: datetime) -> Part:
    """As they were at each change, from the audit trail."""
    events = Customer.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        pgh_obj__in=records(customer_id)
    ).order_by("pgh_id")
    said = {"changed_at": {"label": _("when")}}
    return part_of(_("How your details changed"), events, *PERSON, said=said, changed_at="pgh_created_at")


def consents(customer_id: int, *, now: datetime) -> Part:
    rows = Consent.objects.filter(customer=customer_id).order_by("given_at", "pk")
    places = {"choices": PLACES}
    return part_of(
        _("Consents"),
        rows,
        *("purpose", "given_at", "source", "text_version", "withdrawn_at", "withdrawn_source"),
        said={"source": {"label": _("where"), **places}, "withdrawn_source": places},
    )


def purchases(customer_id: int, *, now: datetime) -> Part:
    rows = Purchase.objects.filter(customer=customer_id).order_by("paid_at", "pk")
    fields = ("ref", "channel", "paid_at", "goods_amount", "discount_amount", "refunded_amount")
    return part_of(_("Purchases"), rows, *fields, said={"channel": {"choices": CHANNELS}})


def notes(customer_id: int, *, now: datetime) -> Part:
    rows = CustomerNote.objects.filter(customer=customer_id).order_by("written_at", "pk")
    return part_of(_("Notes of our staff about you"), rows, "text", "written_at", "struck_at")


def tags(customer_id: int, *, now: datetime) -> Part:
    rows = CustomerTag.objects.filter(customer=customer_id).order_by("added_at", "pk")
    history = CustomerTag.pgh_event_model._meta.db_table  # type: ignore[attr-defined]
    return part_of(_("Tags"), rows, "added_at", said={"tag": {"label": _("tag")}}, tag="tag__name", tables=[history])


def segments(customer_id: int, *, now: datetime) -> Part:
    rows = SegmentMembership.objects.filter(customer=customer_id).order_by("pk")
    said = {"segment": FOR_PROGRAMS, "name": {"label": _("segment")}}
    return part_of(_("Segments"), rows, "since", said=said, segment="segment__code", name="segment__name")


def segment_moves(customer_id: int, *, now: datetime) -> Part:
    rows = SegmentMove.objects.filter(customer__in=records(customer_id)).order_by("pk")
    moved = {"label": _("what happened"), "choices": {True: _("entered"), False: pgettext("segment", "left")}}
    said = {"segment": FOR_PROGRAMS, "name": {"label": _("segment")}, "entered": moved}
    names = {"segment": "segment__code", "name": "segment__name"}
    return part_of(_("In and out of segments"), rows, "entered", "happened_at", said=said, **names)


def rfm(customer_id: int, *, now: datetime) -> Part:
    rows = Rfm.objects.filter(customer=customer_id)
    window = ("orders", "spent", "frequency", "monetary", "r", "f", "m", "segment", "is_vip", "since")
    said = {"segment": {"choices": rfm_names()}}
    return part_of(_("How recently, how often and for how much you buy"), rows, *window, said=said)


def rfm_moves(customer_id: int, *, now: datetime) -> Part:
    rows = RfmMove.objects.filter(customer__in=records(customer_id)).order_by("pk")
    names = {"choices": rfm_names()}
    said = {"from_segment": names, "to_segment": names}
    return part_of(_("How that changed"), rows, "moved_at", "from_segment", "to_segment", "cause", said=said)


def merges(customer_id: int, *, now: datetime) -> Part:
    rows = Merge.objects.filter(survivor__in=records(customer_id)).order_by("pk")
    return part_of(_("Records of yours that were made one"), rows, "merged_at", "reason", "kept")


def erasure_requests(customer_id: int, *, now: datetime) -> Part:
    rows = ErasureRequest.objects.filter(customer=customer_id).order_by("pk")
    return part_of(_("Requests to be forgotten"), rows, "asked_at", "source", "due_at", "cancelled_at", "reason")


def downloads(customer_id: int, *, now: datetime) -> Part:
    rows = DataDownload.objects.filter(customer__in=records(customer_id)).order_by("pk")
    said = {"by": {"label": _("downloaded by")}}
    return part_of(_("Who downloaded your data"), rows, "downloaded_at", "form", said=said, by="downloaded_by__email")
