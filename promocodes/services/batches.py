"""Batches: N codes with the same terms, made by the worker (PC-15, PC-20)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, Sum
from django.utils.translation import gettext_lazy as _

from customers.models import User
from loyalty_site.kernel.errors import FieldError, InvalidInput, NotFound
from loyalty_site.kernel.transactions import requires_transaction
from promocodes.models import Batch, PromoCode
from promocodes.rules import code_length
from promocodes.rules.code_text import MAX_LENGTH
from promocodes.rules.generation import is_long_enough
from promocodes.rules.spec import CodeSpec, count_errors
from promocodes.services.codes import refuse_dead
from promocodes.services.history import written_by
from promocodes.services.second_person import require_second_person
from promocodes.services.terms import checked, create_terms


@requires_transaction
def create_batch(*, spec: CodeSpec, count: int, by: User | None, now: datetime, length: int | None = None) -> Batch:
    """A batch of `count` codes, drafts all, which the worker starts to make once this transaction is done.

    `length` may ask for longer codes than needed; one too short for `count` is refused before any is made (PC-20).
    """
    errors = count_errors(count)
    chosen = 0 if errors else length_for(count, length)
    if not errors and not chosen:
        detail = _("So many codes need to be longer: keep a million possible codes for each one issued.")
        errors = [FieldError("count" if length is None else "length", "too_short", detail)]
    if spec.customer is not None:
        detail = _("A personal code is made by itself: a batch is for many customers.")
        errors = [*errors, FieldError("customer", "not_applicable", detail)]
    checked(spec, *errors)
    with written_by(by, "create"):
        batch = Batch.objects.create(
            terms=create_terms(spec, by),
            count=count,
            code_length=chosen,
            max_uses=spec.max_uses,
            created_by=by,
        )
    # A broker that is down is no reason to fail: the sweep of unfinished batches starts it later.
    transaction.on_commit(lambda: _start(batch.pk), robust=True)
    return batch


@requires_transaction
def activate_batch(*, batch_id: int, by: User | None, now: datetime) -> Batch:
    """Switch all codes of the batch on, but those turned on or off by hand. Idempotent; refused when it is over."""
    batch = locked_batch(batch_id)
    refuse_dead(batch.terms.starts_at, batch.terms.ends_at, 0, None, now)
    if not batch.switch:
        require_second_person(batch.terms, by)
        _switch(batch, True, by, "activate")
    return batch


@requires_transaction
def deactivate_batch(*, batch_id: int, by: User | None, now: datetime) -> Batch:
    """Switch all codes of the batch off, but those turned on or off by hand. Idempotent."""
    batch = locked_batch(batch_id)
    if batch.switch is not False:
        _switch(batch, False, by, "deactivate")
    return batch


@requires_transaction
def edit_batch_end(*, batch_id: int, ends_at: datetime, by: User | None, now: datetime) -> Batch:
    """Move the end of a batch's period, used or not (PC-19); never into the past."""
    batch = locked_batch(batch_id)
    if ends_at <= now or ends_at <= batch.terms.starts_at:
        raise InvalidInput(FieldError("ends_at", "in_the_past", _("The end cannot be moved into the past.")))
    with written_by(by, "edit"):
        batch.terms.ends_at = ends_at
        batch.terms.save(update_fields=["ends_at"])
    return batch


def locked_batch(batch_id: int) -> Batch:
    """The batch's row, locked, with its terms. `NotFound` when there is none."""
    batch = (
        Batch.objects.select_related("terms").select_for_update(of=("self",), no_key=True).filter(pk=batch_id).first()
    )
    if batch is None:
        raise NotFound
    return batch


def length_for(count: int, asked: int | None = None) -> int:
    """Characters for `count` codes, 0 when there is no way.

    An upper bound of all codes ever issued stands for those of each length: never too few characters.
    """
    last_id = PromoCode.objects.aggregate(last=Max("id"))["last"] or 0
    unmade = Batch.objects.filter(finished_at=None).aggregate(left=Sum(F("count") - F("created_count")))["left"] or 0
    if asked is None:
        return code_length(count, issued=last_id + unmade) or 0
    return asked if asked <= MAX_LENGTH and is_long_enough(asked, count, last_id + unmade) else 0


def _start(batch_id: int) -> None:
    from promocodes.tasks import fill_batch

    fill_batch.delay(batch_id=batch_id)


def _switch(batch: Batch, switch: bool, by: User | None, action: str) -> None:
    with written_by(by, action):
        batch.switch = switch
        batch.save(update_fields=["switch"])
