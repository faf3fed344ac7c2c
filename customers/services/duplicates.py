"""Possible duplicates: found by the worker in sets, decided by staff (CU-3)."""

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from customers.models import Duplicate, User
from customers.queries.duplicates import LEAST
from loyalty_site.kernel.errors import NotFound, WrongState
from loyalty_site.kernel.transactions import requires_transaction


class PairDecided(WrongState):
    code = "pair_decided"
    message = _("Somebody has decided about these two already.")


@requires_transaction
def find_duplicates(*, now: datetime) -> int:
    """Pairs that share enough, each once; returns how many are new. Doing it again changes nothing.

    Signs add up, to 100 at most. Who was said to be another person, or was merged, does not come back.
    """
    signs = [sign for path in settings.CUSTOMERS_DUPLICATE_SIGNS for sign in import_string(path)(since=None)]
    if not signs:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            FIND.format(signs=" UNION ALL ".join(f"({sign})" for sign in signs)), {"now": now, "least": LEAST}
        )
        return int(cursor.fetchone()[0])


@requires_transaction
def say_different(*, duplicate_id: int, by: User | None, now: datetime) -> Duplicate:
    """The two are different people: the pair never comes back. Raises NotFound and PairDecided."""
    pair = Duplicate.objects.select_for_update(of=("self",), no_key=True).filter(pk=duplicate_id).first()
    if pair is None:
        raise NotFound
    if pair.state != Duplicate.State.OPEN:
        raise PairDecided
    pair.state, pair.decided_at, pair.decided_by = Duplicate.State.DIFFERENT, now, by
    pair.save(update_fields=["state", "decided_at", "decided_by"])
    return pair


FIND = """
WITH found AS (
    SELECT first_id, second_id, jsonb_agg(sign ORDER BY score DESC, sign) AS signs, LEAST(sum(score), 100) AS score
    FROM (SELECT DISTINCT first_id, second_id, sign, score FROM ({signs}) s) signs
    GROUP BY first_id, second_id HAVING sum(score) >= %(least)s
), written AS (
    INSERT INTO customers_duplicate AS d (first_id, second_id, signs, score, state, found_at)
    SELECT f.first_id, f.second_id, f.signs, f.score, 'open', %(now)s
    FROM found f
    JOIN customers_customer a ON a.id = f.first_id AND a.merged_into_id IS NULL AND a.erased_at IS NULL
    JOIN customers_customer b ON b.id = f.second_id AND b.merged_into_id IS NULL AND b.erased_at IS NULL
    ORDER BY f.first_id, f.second_id
    ON CONFLICT (first_id, second_id) DO UPDATE SET signs = EXCLUDED.signs, score = EXCLUDED.score
    WHERE d.state = 'open' AND (d.signs, d.score) IS DISTINCT FROM (EXCLUDED.signs, EXCLUDED.score)
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new) FROM written
"""
