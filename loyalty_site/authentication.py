"""Who calls the API: an integration with a Bearer key, or a signed-in customer with a browser's session."""

import hashlib
import re

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from customers.models import Customer
from loyalty_site.kernel.callers import Caller
from loyalty_site.models import ApiKey

BEARER = re.compile(r"Bearer ([A-Za-z0-9._~+/=-]{1,200})", re.ASCII | re.IGNORECASE)


def key_hash(key: str) -> str:
    """What is stored of a key: its SHA-256. Keys are random, so a slow hash would add nothing."""
    return hashlib.sha256(key.encode()).hexdigest()


class Integration(AnonymousUser):
    """Stands for the program behind a key where Django wants a user: no account, no rights."""

    @property
    def is_authenticated(self) -> bool:  # type: ignore[override]
        return True

    @property
    def is_anonymous(self) -> bool:  # type: ignore[override]
        return False


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`. Any other use of the header is refused, not passed over."""

    def authenticate(self, request: Request) -> tuple[Integration, Caller] | None:
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        match = BEARER.fullmatch(header.strip())
        key = match and ApiKey.objects.filter(key_hash=key_hash(match[1]), revoked_at__isnull=True).first()
        if not key:
            raise AuthenticationFailed(_("The API key is unknown or revoked."))
        return Integration(), Caller(name=f"key:{key.pk}", title=key.name, scopes=frozenset(key.scopes))

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class CustomerSessionAuthentication(SessionAuthentication):
    """A signed-in customer's session, CSRF enforced. Staff who are no customers are nobody here."""

    def authenticate(self, request: Request) -> tuple[object, Caller] | None:  # type: ignore[override]
        found = super().authenticate(request)
        if found is None:
            return None
        user = found[0]
        customer = Customer.objects.filter(user_id=user.pk).only("pk", "public_id").first()
        if customer is None:
            return None
        caller = Caller(
            name=f"customer:{customer.pk}",
            title=f"customer:{customer.public_id}",
            customer_id=customer.pk,
            customer_public_id=customer.public_id,
        )
        return user, caller
