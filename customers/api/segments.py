"""Segments and who is in them, over HTTP (CU-8)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer as CustomerRow
from customers.models import Segment as SegmentRow
from customers.queries import members
from customers.queries.members import member_count
from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.errors import NotFound
from loyalty_site.kernel.pagination import page
from loyalty_site.kernel.schema import PAGE_PARAMETERS, listing, operation, path_text

TAG = "customers"
CODE = path_text("code", "The segment's code, as in a customer's `segments`.", maxLength=64)


class SegmentOut(serializers.Serializer[Any]):
    """`members_count` of a list or a segment of the map is counted now; of a segment by conditions it is that of the
    last refresh, null until the first."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=SegmentRow.Kind.choices)
    members_count = serializers.IntegerField(allow_null=True)
    refreshed_at = serializers.DateTimeField(allow_null=True)


class MemberOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    external_id = serializers.CharField(allow_null=True)


class Segments(ApiView):
    scope = "customers"

    @operation(
        "Segments that are not put away, the newest first",
        answer=listing("Segments", SegmentOut),
        parameters=PAGE_PARAMETERS,
        tag=TAG,
        name="listSegments",
    )
    def get(self, request: Request) -> Response:
        offered = SegmentRow.objects.filter(archived_at=None)
        return Response(page(request, offered.annotate(counted=member_count()), _segment))


class SegmentCustomers(ApiView):
    scope = "customers"

    @operation(
        "The customers of a segment, the newest first",
        answer=listing("Members", MemberOut),
        parameters=[CODE, *PAGE_PARAMETERS],
        refusals=[404],
        tag=TAG,
        name="listSegmentCustomers",
    )
    def get(self, request: Request, code: str) -> Response:
        segment = SegmentRow.objects.filter(code=code, archived_at=None).first()
        if segment is None:
            raise NotFound(_("There is no such segment."))
        return Response(page(request, members(segment), _member))


def _segment(row: SegmentRow) -> dict[str, Any]:
    counted: Any = row
    return {
        "code": row.code,
        "name": row.title,
        "kind": row.kind,
        "members_count": counted.counted,
        "refreshed_at": row.refreshed_at.isoformat() if row.refreshed_at else None,
    }


def _member(row: CustomerRow) -> dict[str, Any]:
    return {"id": str(row.public_id), "external_id": row.external_id}
