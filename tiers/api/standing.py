"""Where a customer stands, and which cards are whose, over HTTP (T-3, T-4)."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from customers.queries import customer_key
from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.errors import NotFound
from loyalty_site.kernel.pagination import page
from loyalty_site.kernel.schema import PAGE_PARAMETERS, listing, operation, path_text
from tiers.api.documents import card_document, standing_document
from tiers.api.fields import CardOut, StandingOut
from tiers.models import Card as CardRow
from tiers.queries import standing

TAG = "tiers"
NUMBER = path_text("number", "As it is on the card; case, spaces and hyphens do not matter.", maxLength=64)


class CustomerTier(ApiView):
    scope = "customers"
    customer_methods = frozenset({"GET"})

    @operation(
        "A customer's tier, and what is missing for the next",
        answer=StandingOut,
        refusals=[404],
        tag=TAG,
        name="getTier",
    )
    def get(self, request: Request, customer_id: UUID) -> Response:
        found = standing(customer_key(customer_id, caller=self.caller), now=timezone.now())
        return Response(standing_document(found))


class CustomerCards(ApiView):
    scope = "customers"
    customer_methods = frozenset({"GET"})

    @operation(
        "A customer's cards, the newest first",
        answer=listing("Cards", CardOut),
        parameters=PAGE_PARAMETERS,
        refusals=[404],
        tag=TAG,
        name="listCards",
    )
    def get(self, request: Request, customer_id: UUID) -> Response:
        key = customer_key(customer_id, caller=self.caller)
        return Response(page(request, CardRow.objects.select_related("customer").filter(customer=key), card_document))


class Card(ApiView):
    scope = "customers"

    @operation("Whose card it is", answer=CardOut, parameters=[NUMBER], refusals=[404], tag=TAG, name="getCard")
    def get(self, request: Request, number: str) -> Response:
        """How a till finds its customer: by the number it has read. A blocked card still names its owner."""
        written = "".join(number.split()).replace("-", "").upper()
        card = CardRow.objects.select_related("customer").filter(number=written).first()
        if card is None:
            raise NotFound(_("There is no such card."))
        return Response(card_document(card))
