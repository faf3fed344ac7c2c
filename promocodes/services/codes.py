"""Making, switching and editing codes (PC-1 … PC-4, PC-19)."""

from dataclasses import replace
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, User
from loyalty_site.kernel.errors import FieldError, NotFound, WrongState
from loyalty_site.kernel.transactions import requires_transaction
from promocodes.models import PromoCode, Redemption, Terms
from promocodes.queries.specs import has_shared_terms, spec_of
from promocodes.rules import State, code_length, effective_switch, random_code, readings, state_of
from promocodes.rules.generation import SHORT_LENGTH
from promocodes.rules.spec import CodeSpec
from promocodes.services.history import written_by
from promocodes.services.second_person import require_second_person
from promocodes.services.terms import checked, create_terms, owner_of, term_fields

ATTEMPTS = 20
# What may change once a code has been used: its end and its limit (and the campaign's budget, kept elsewhere).
NEVER_FROZEN = frozenset({"ends_at", "max_uses"})


@requires_transaction
def create_code(*, spec: CodeSpec, by: User | None, now: datetime) -> PromoCode:
    """A new code, drawn at random, a draft until activated. Raises `InvalidInput` with every wrong field."""
    checked(spec)
    owner = owner_of(spec)
    with written_by(by, "create"):
        return _draw_code(create_terms(spec, by), spec.max_uses, owner)


@requires_transaction
def activate_code(*, code: str, by: User | None, now: datetime) -> PromoCode:
    """Switch a code on. Idempotent; `WrongState` (`expired`, `exhausted`) when it could never be used (PC-2)."""
    promo_code = locked_code(code)
    terms = promo_code.terms
    refuse_dead(terms.starts_at, terms.ends_at, promo_code.uses, promo_code.max_uses, now)
    if not _is_on(promo_code):
        require_second_person(terms, by)
        _switch(promo_code, True, by, "activate")
    return promo_code


@requires_transaction
def deactivate_code(*, code: str, by: User | None, now: datetime) -> PromoCode:
    """Switch a code off; it keeps its history (PC-3). Idempotent."""
    promo_code = locked_code(code)
    if promo_code.switch is not False:
        _switch(promo_code, False, by, "deactivate")
    return promo_code


@requires_transaction
def edit_code(*, code: str, spec: CodeSpec, by: User | None, now: datetime) -> PromoCode:
    """Change the terms of a code made by itself (a batch's terms belong to all its codes).

    A code that was issued together with others gets terms of its own: theirs stay as they are. Once used, only the end
    and the limit may change (PC-19). Orders already placed stay as they are.
    Raises `InvalidInput` with every wrong field, `WrongState` for a code of a batch.
    """
    # Customers are locked before codes, as the till does.
    owner = owner_of(spec)
    promo_code = locked_code(code)
    if hasattr(promo_code.terms, "batch"):
        raise WrongState(_("This code belongs to a batch: its terms are those of the whole batch."), code="in_batch")
    terms = Terms.objects.select_for_update(no_key=True).get(pk=promo_code.terms_id)
    checked(spec, *_frozen_errors(promo_code, spec), *_cut_short_errors(promo_code, spec, now), kept_tier=terms.tier)
    with written_by(by, "edit"):
        for field, value in term_fields(spec).items():
            setattr(terms, field, value)
        if has_shared_terms(promo_code):
            terms.pk, terms.created_by, terms._state.adding = None, by, True
        if promo_code.switch:
            require_second_person(terms, by)
        terms.save()
        promo_code.terms, promo_code.max_uses, promo_code.customer = terms, spec.max_uses, owner
        promo_code.save(update_fields=["terms", "max_uses", "customer"])
    return promo_code


def locked_code(text: str) -> PromoCode:
    """The code's row, locked, with its terms and batch. `NotFound` when there is none."""
    rows = PromoCode.objects.select_related("terms__batch", "terms__campaign", "customer")
    locked = rows.filter(code__in=readings(text)).select_for_update(of=("self",), no_key=True)
    found = {row.code: row for row in locked}
    for reading in readings(text):
        if reading in found:
            return found[reading]
    raise NotFound(_("There is no such promo code."))


def refuse_dead(starts_at: datetime, ends_at: datetime, uses: int, max_uses: int | None, now: datetime) -> None:
    """Refuse what could never be used again: over, or used up (PC-2)."""
    state = state_of(switch=True, starts_at=starts_at, ends_at=ends_at, uses=uses, max_uses=max_uses, now=now)
    if state is State.EXPIRED:
        raise WrongState(_("The period is over: move its end before activating."), code="expired")
    if state is State.EXHAUSTED:
        raise WrongState(_("All uses have been taken: raise the limit before activating."), code="exhausted")


def _draw_code(terms: Terms, max_uses: int | None, owner: Customer | None) -> PromoCode:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(id), 0) FROM promocodes_promocode")
        length = code_length(1, issued=cursor.fetchone()[0]) or SHORT_LENGTH
        for _attempt in range(ATTEMPTS):
            code = random_code(length)
            cursor.execute(INSERT_NEW, [code, terms.pk, max_uses, owner.pk if owner else None])
            if row := cursor.fetchone():
                promo_code = PromoCode(pk=row[0], code=code, terms=terms, max_uses=max_uses, uses=0, customer=owner)
                promo_code._state.adding = False
                return promo_code
    raise RuntimeError("No free code was drawn: the source of randomness is broken.")


def _is_on(promo_code: PromoCode) -> bool:
    batch = getattr(promo_code.terms, "batch", None)
    return effective_switch(promo_code.switch, batch.switch if batch else None) is True


def _switch(promo_code: PromoCode, switch: bool, by: User | None, action: str) -> None:
    with written_by(by, action):
        promo_code.switch = switch
        promo_code.save(update_fields=["switch"])


def _frozen_errors(promo_code: PromoCode, spec: CodeSpec) -> list[FieldError]:
    if not Redemption.objects.filter(promo_code=promo_code).exists():
        return []
    old = spec_of(promo_code)
    campaign = (spec.campaign or "").strip() or None
    asked = replace(spec, segment=spec.segment or None, tier=spec.tier or None, campaign=campaign)
    changed = [field for field in old.__dataclass_fields__ if _plain(old, field) != _plain(asked, field)]
    detail = _("The code has been used: only its end and its limit can change.")
    return [FieldError(field, "frozen", detail) for field in changed if field not in NEVER_FROZEN]


def _plain(spec: CodeSpec, field: str) -> object:
    value = getattr(spec, field)
    return set(value) if isinstance(value, tuple) else value


def _cut_short_errors(promo_code: PromoCode, spec: CodeSpec, now: datetime) -> list[FieldError]:
    errors = []
    if spec.ends_at != promo_code.terms.ends_at and spec.ends_at <= now:
        errors.append(FieldError("ends_at", "in_the_past", _("The end cannot be moved into the past.")))
    if spec.max_uses is not None and spec.max_uses < promo_code.uses:
        detail = _("The code has already been used %(uses)s times: the limit cannot be lower.")
        errors.append(FieldError("max_uses", "below_uses", detail % {"uses": promo_code.uses}))
    return errors


INSERT_NEW = """
INSERT INTO promocodes_promocode (code, terms_id, max_uses, customer_id) VALUES (%s, %s, %s, %s)
ON CONFLICT (code) DO NOTHING RETURNING id
"""
