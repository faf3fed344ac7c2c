"""Idempotency keys: one effect and one answer for each key of a caller (O-4).

The record is claimed by one INSERT in the transaction of the effect, and the answer is stored there too:
a rolled back effect leaves no answer behind. A second request with the same key waits for the first and
gets its answer.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from loyalty_site.kernel.answers import Answer
from loyalty_site.kernel.errors import Conflict, DomainError
from loyalty_site.kernel.problems import as_refusal, problem
from loyalty_site.kernel.transactions import requires_transaction
from loyalty_site.models import IdempotencyRecord

# Decided on the state of the shop, so part of the answer. Malformed and failed requests are not.
REMEMBERED_REFUSALS = {404, 409, 422}

CLAIM = """
INSERT INTO loyalty_site_idempotencyrecord (caller, key, route, body_hash, status, response, created_at)
VALUES (%s, %s, %s, %s, NULL, '', now())
ON CONFLICT (caller, key) DO NOTHING RETURNING id
"""
STORE = "UPDATE loyalty_site_idempotencyrecord SET status = %s, response = %s WHERE id = %s"


class IdempotencyMismatch(Conflict):
    code = "idempotency_mismatch"
    message = _("This Idempotency-Key was used for another request.")


@requires_transaction
def run_once(*, caller: str, key: str, route: str, body_hash: str, work: Callable[[], Answer]) -> Answer:
    """The answer of `work`, or the one remembered under this key. Raises IdempotencyMismatch."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [caller, key, route, body_hash])
        claimed = cursor.fetchone()
        if claimed is None:
            return _remembered(caller=caller, key=key, route=route, body_hash=body_hash)
        answer = _attempted(work)
        cursor.execute(STORE, [answer.status, answer.text, claimed[0]])
    return answer


def _attempted(work: Callable[[], Answer]) -> Answer:
    """Run `work` behind a savepoint: a refusal undoes what it wrote but not the record of it."""
    try:
        with transaction.atomic():
            return work()
    except (DomainError, IntegrityError) as error:
        refusal = as_refusal(error)
        if refusal.status not in REMEMBERED_REFUSALS:
            raise
        return Answer.of(refusal.status, problem(refusal))


def _remembered(*, caller: str, key: str, route: str, body_hash: str) -> Answer:
    record = IdempotencyRecord.objects.get(caller=caller, key=key)
    if (record.route, record.body_hash) != (route, body_hash):
        raise IdempotencyMismatch()
    # A committed record has its answer: the claim and the answer are one transaction.
    return Answer(record.status or 200, record.response, is_replayed=True)


@requires_transaction
def forget_answers(*, before: datetime) -> int:
    """Drop the records older than `before`; how many there were."""
    return IdempotencyRecord.objects.filter(created_at__lt=before).delete()[0]
