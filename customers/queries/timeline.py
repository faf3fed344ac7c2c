"""What the customers app itself knows for a customer's line of time (CU-10)."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import (
    Consent,
    Customer,
    CustomerNote,
    CustomerTag,
    ErasureRequest,
    Merge,
    RfmMove,
    SegmentMove,
)
from customers.queries.authors import authors
from customers.queries.changes import changes_told
from customers.queries.rfm import rfm_names
from customers.rules.places import place_text
from loyalty_site.kernel.timeline import Source, Told, rows_of

TAG_EVENTS: Any = CustomerTag.pgh_event_model  # type: ignore[attr-defined]
EVENTS: Any = Customer.pgh_event_model  # type: ignore[attr-defined]
LOOK = "customers.view_customer"


def _registered(keys: Sequence[int]) -> dict[int, Told]:
    return {key: Told(text=_("Registered"), tone="info") for key in keys}


def _given(keys: Sequence[int]) -> dict[int, Told]:
    return {
        row.pk: Told(
            text=_("Consent given: %(purpose)s") % {"purpose": row.get_purpose_display()},
            detail=_("%(source)s, text %(version)s") % {"source": place_text(row.source), "version": row.text_version},
            tone="good",
        )
        for row in Consent.objects.filter(pk__in=keys)
    }


def _withdrawn(keys: Sequence[int]) -> dict[int, Told]:
    return {
        row.pk: Told(text=_("Consent withdrawn: %(purpose)s") % {"purpose": row.get_purpose_display()}, tone="warn")
        for row in Consent.objects.filter(pk__in=keys)
    }


def _noted(keys: Sequence[int]) -> dict[int, Told]:
    rows = CustomerNote.objects.filter(pk__in=keys).select_related("author")
    return {
        row.pk: Told(
            text=_("Note, struck out") if row.struck_at else _("Note"),
            detail=row.text,
            by=str(row.author) if row.author else "",
        )
        for row in rows
    }


def _tagged(keys: Sequence[int]) -> dict[int, Told]:
    rows = list(TAG_EVENTS.objects.filter(pk__in=keys).select_related("tag"))
    who = authors([row.pgh_context_id for row in rows])
    return {
        row.pk: Told(
            text=(_("Tag put on: %(tag)s") if row.pgh_label == "insert" else _("Tag taken off: %(tag)s"))
            % {"tag": row.tag},
            by=who.get(row.pgh_context_id, ""),
        )
        for row in rows
    }


def _moved(keys: Sequence[int]) -> dict[int, Told]:
    names = rfm_names()
    rows = RfmMove.objects.filter(pk__in=keys)
    return {
        row.pk: Told(
            text=_("RFM: %(move)s")
            % {"move": " → ".join(names.get(code, code) for code in (row.from_segment, row.to_segment) if code)},
            detail=str(row.get_cause_display()),
            tone="info",
        )
        for row in rows
    }


def _segment(keys: Sequence[int]) -> dict[int, Told]:
    rows = SegmentMove.objects.filter(pk__in=keys).select_related("segment")
    return {
        row.pk: Told(
            text=(_("Entered the segment “%(name)s”") if row.entered else _("Left the segment “%(name)s”"))
            % {"name": row.segment.title},
            url=reverse("admin:customers_segment_change", args=[row.segment_id]),
        )
        for row in rows
    }


def _merged(keys: Sequence[int]) -> dict[int, Told]:
    rows = Merge.objects.filter(pk__in=keys).select_related("merged_by")
    return {
        row.pk: Told(
            text=_("Customer No. %(number)s was merged into this one") % {"number": row.absorbed_id},
            detail=row.reason,
            url=reverse("admin:customers_customer_change", args=[row.absorbed_id]),
            by=str(row.merged_by) if row.merged_by else "",
            tone="warn",
        )
        for row in rows
    }


def _asked_to_forget(keys: Sequence[int]) -> dict[int, Told]:
    rows = ErasureRequest.objects.filter(pk__in=keys).select_related("asked_by")
    return {
        row.pk: Told(
            text=_("Asked to be forgotten"),
            detail=_("called off") if row.cancelled_at else str(row.get_source_display()),
            by=str(row.asked_by) if row.asked_by else "",
            tone="" if row.cancelled_at else "bad",
        )
        for row in rows
    }


SOURCES = (
    Source("registered", "details", LOOK, "registered_at", rows_of(Customer, "pk"), _registered),
    Source(
        "details",
        "details",
        LOOK,
        "pgh_created_at",
        rows_of(EVENTS, "pgh_obj", pgh_label="update"),
        changes_told,
    ),
    Source("merge", "details", "customers.view_merge", "merged_at", rows_of(Merge, "survivor"), _merged),
    Source("consent given", "consents", LOOK, "given_at", rows_of(Consent, "customer"), _given),
    Source(
        "consent withdrawn",
        "consents",
        LOOK,
        "withdrawn_at",
        rows_of(Consent, "customer"),
        _withdrawn,
    ),
    Source(
        "erasure",
        "consents",
        "customers.view_erasurerequest",
        "asked_at",
        rows_of(ErasureRequest, "customer"),
        _asked_to_forget,
    ),
    Source(
        "note",
        "notes",
        "customers.view_customernote",
        "written_at",
        rows_of(CustomerNote, "customer"),
        _noted,
    ),
    Source("tag", "segments", LOOK, "pgh_created_at", rows_of(TAG_EVENTS, "customer"), _tagged),
    Source(
        "rfm",
        "segments",
        "customers.view_rfmmove",
        "moved_at",
        rows_of(RfmMove, "customer"),
        _moved,
    ),
    Source(
        "segment",
        "segments",
        "customers.view_segmentmove",
        "happened_at",
        rows_of(SegmentMove, "customer"),
        _segment,
    ),
)
