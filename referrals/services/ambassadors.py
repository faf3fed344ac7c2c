"""Ambassadors and partners: who invites on terms of his own (R-6)."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from customers.models import Customer, User
from loyalty_site.kernel.errors import FieldError, InvalidInput, NotFound
from loyalty_site.kernel.transactions import requires_transaction
from referrals.models import Ambassador, Referral, Trait, Visit
from referrals.rules.ambassadors import AmbassadorTerms, code_mistake, drawn_code, mistakes, typed_code
from referrals.services.history import written_by
from referrals.services.traits import hashed_traits


@requires_transaction
def put_ambassador(*, ambassador_id: int | None, values: AmbassadorTerms, by: User | None, now: datetime) -> Ambassador:
    """Make an ambassador, or change the one of `ambassador_id`. An empty code is drawn, or stays as it is.

    Counts for who registers from now on: referrals that are there keep the terms of their day. A code that was visited
    or registered by stays, and so does the customer once there are friends. Raises InvalidInput, NotFound.
    """
    ambassador = Ambassador(created_at=now) if ambassador_id is None else _locked(ambassador_id)
    code = typed_code(values.code) or ambassador.code or drawn_code()
    wrong = [*mistakes(values), *_wrong_code(ambassador, code), *_wrong_customer(ambassador, values)]
    if values.email and not _is_email(values.email):
        wrong.append(FieldError("email", "invalid", _("Enter a valid e-mail address.")))
    if wrong:
        raise InvalidInput(*wrong)
    for field in fields(values):
        setattr(ambassador, field.name, getattr(values, field.name))
    ambassador.code = code
    ambassador.mailbox = next((value for _kind, value in hashed_traits({Trait.Kind.EMAIL: values.email})), "")
    if not values.every_order:
        ambassador.period_days = None
    with written_by(by, "edit" if ambassador_id else "create"):
        ambassador.save()
    return ambassador


def _locked(ambassador_id: int) -> Ambassador:
    ambassador = Ambassador.objects.select_for_update(no_key=True).filter(pk=ambassador_id).first()
    if ambassador is None:
        raise NotFound
    return ambassador


def _wrong_code(ambassador: Ambassador, code: str) -> Iterator[FieldError]:
    if code == ambassador.code:
        return
    if mistake := code_mistake(code):
        yield FieldError("code", "invalid", mistake)
    elif taken := Ambassador.objects.filter(code=code).first():
        yield FieldError("code", "taken", _("%(name)s has this code.") % {"name": taken.name})
    elif ambassador.pk and _is_known(ambassador):
        yield FieldError("code", "frozen", _("People have come by the code %(code)s: it stays.") % _code_of(ambassador))


def _wrong_customer(ambassador: Ambassador, values: AmbassadorTerms) -> Iterator[FieldError]:
    if values.customer_id == ambassador.customer_id and ambassador.pk:
        return
    if values.customer_id is not None:
        if not Customer.objects.filter(pk=values.customer_id).exists():
            yield FieldError("customer", "unknown", _("There is no such customer."))
        elif other := Ambassador.objects.filter(customer=values.customer_id).exclude(pk=ambassador.pk).first():
            text = _("This customer is an ambassador already, with the code %(code)s.")
            yield FieldError("customer", "taken", text % _code_of(other))
    if ambassador.pk and Referral.objects.filter(ambassador=ambassador).exists():
        yield FieldError("customer", "frozen", _("Friends have registered already: the customer stays."))


def _is_known(ambassador: Ambassador) -> bool:
    known = (Visit, Referral)
    return any(model.objects.filter(ambassador=ambassador).exists() for model in known)  # type: ignore[attr-defined]


def _code_of(ambassador: Ambassador) -> dict[str, str]:
    return {"code": ambassador.code}


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
