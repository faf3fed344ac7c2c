"""Keys of integrations: made, listed and revoked here. The key itself is seen once, when it is made."""

import secrets
from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from loyalty_site.authentication import key_hash
from loyalty_site.kernel.errors import NotFound, WrongState, invalid
from loyalty_site.kernel.transactions import requires_transaction
from loyalty_site.models import ApiKey, Scope

PREFIX = "loy_"
LONGEST_NAME = 100


@requires_transaction
def create_api_key(*, name: str, scopes: Collection[str]) -> tuple[ApiKey, str]:
    """A new key and its text, which is stored nowhere. `scopes` may be {"all"}. Raises InvalidInput."""
    wanted = set(Scope.values) if set(scopes) == {"all"} else set(scopes)
    unknown = wanted - set(Scope.values)
    if unknown or not wanted:
        raise invalid("scope", _("Scopes are: all, or some of %(known)s.") % {"known": ", ".join(Scope.values)})
    if not name.strip() or len(name) > LONGEST_NAME:
        raise invalid("name", _("Give the key a name of up to 100 characters."))
    text = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name.strip(),
        prefix=text[:12],
        key_hash=key_hash(text),
        scopes=[s for s in Scope.values if s in wanted],
    )
    return key, text


@requires_transaction
def revoke_api_key(*, pk: int, now: datetime) -> ApiKey:
    """The key is refused from now on. Raises NotFound, WrongState when it was revoked before."""
    key = ApiKey.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if key is None:
        raise NotFound()
    if key.revoked_at is not None:
        raise WrongState(_("This key is revoked already."))
    key.revoked_at = now
    key.save(update_fields=["revoked_at"])
    return key


def api_keys() -> QuerySet[ApiKey]:
    """All keys, the newest first."""
    return ApiKey.objects.order_by("-pk")
