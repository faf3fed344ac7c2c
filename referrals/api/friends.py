"""The friends a customer has brought, over HTTP (R-3)."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from customers.queries import customer_key
from loyalty_site.kernel.api import ApiView
from loyalty_site.kernel.pagination import Turning, page_of
from loyalty_site.kernel.schema import PAGE_PARAMETERS, listing, operation
from referrals.api.documents import friend_document
from referrals.api.fields import STATES, FriendFilter, FriendOut
from referrals.queries import Friend, Position, friends

STATE = OpenApiParameter("state", {"type": "string", "enum": STATES})


class CustomerReferrals(ApiView):
    scope = "customers"
    customer_methods = frozenset({"GET"})

    @operation(
        "The friends a customer has brought, the newest first",
        answer=listing("Friends", FriendOut),
        parameters=[STATE, *PAGE_PARAMETERS],
        refusals=[404],
        tag="referrals",
        name="listReferrals",
    )
    def get(self, request: Request, customer_id: UUID) -> Response:
        """What the customer sees in the account: never a friend's order, never why a reward is reviewed or refused.
        Visitors stand among them as long as their visit is remembered."""
        wanted = self.read_query(FriendFilter)
        key = customer_key(customer_id, caller=self.caller)
        states = [wanted["state"]] if "state" in wanted else []

        def fetch(limit: int, position: Position | None, is_backwards: bool) -> list[Friend]:
            side = {"after" if is_backwards else "before": position}
            found = friends(key, now=timezone.now(), states=states, limit=limit, **side)
            return found[::-1] if is_backwards else found

        return Response(page_of(request, Turning(fetch, _written, _read), friend_document))


def _written(friend: Friend) -> str:
    """Microseconds since 1970, kind, id."""
    position = friend.position
    return f"{(position.moment - EPOCH) // MICROSECOND}{position.kind}{position.id}"


def _read(text: str) -> Position:
    match = POSITION.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return Position(EPOCH + int(match[1]) * MICROSECOND, match[2], int(match[3]))


EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
# No further than the year 5138: what a datetime can hold.
POSITION = re.compile(r"(\d{1,17})([rv])(\d{1,18})", re.ASCII)
