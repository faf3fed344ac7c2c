"""Customers over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.documents import customer_document
from customers.api.fields import CustomerChangeIn, CustomerIn, CustomerOut
from customers.models import Customer as CustomerRow
from customers.rules import Brought
from customers.services import register_customer, update_customer
from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.errors import NotFound
from loyalty_site.kernel.schema import operation

TAG = "customers"


class Customers(ApiView):
    scope = "customers"

    @operation(
        "Register a customer",
        body=CustomerIn,
        answer=CustomerOut,
        status=201,
        key="accepted",
        refusals=[422],
        tag=TAG,
        name="createCustomer",
    )
    def post(self, request: Request) -> HttpResponse:
        given = _without_blanks(self.read(CustomerIn))
        brought = Brought(code=given.pop("referral_code", None) or "", device=given.pop("device", None) or "")

        def registered(now: datetime) -> dict[str, Any]:
            return customer_document(register_customer(**given, brought=brought, now=now, source="api"), now=now)

        return self.effect(registered, status=201)


class Customer(ApiView):
    scope = "customers"

    @operation("A customer", answer=CustomerOut, refusals=[404], tag=TAG, name="getCustomer")
    def get(self, request: Request, customer_id: UUID) -> Response:
        return Response(customer_document(_customer(customer_id), now=timezone.now()))

    @operation(
        "Change a customer: only what is given",
        body=CustomerChangeIn,
        answer=CustomerOut,
        refusals=[404, 409, 422],
        tag=TAG,
        name="changeCustomer",
    )
    def patch(self, request: Request, customer_id: UUID) -> HttpResponse:
        given = _without_blanks(self.read(CustomerChangeIn))
        consents = given.pop("consents", None)

        def changed(now: datetime) -> dict[str, Any]:
            pk = _customer(customer_id).pk
            update_customer(customer_id=pk, changes=given, consents=consents, now=now, source="api")
            return customer_document(_customer(customer_id), now=now)

        return self.effect(changed)


def _without_blanks(given: dict[str, Any]) -> dict[str, Any]:
    """An empty e-mail, phone or external id means that there is none."""
    nullable = {"email", "phone", "external_id", "referral_code"}
    return {name: (value or None) if name in nullable else value for name, value in given.items()}


def _customer(public_id: UUID) -> CustomerRow:
    """A merged record's id leads to the one that stayed (CU-3)."""
    stayed = CustomerRow.objects.filter(public_id=public_id).values_list(Coalesce("merged_into_id", "pk"))
    customer = CustomerRow.objects.prefetch_related("consents").filter(pk__in=stayed).first()
    if customer is None:
        raise NotFound(_("There is no such customer."))
    return customer
