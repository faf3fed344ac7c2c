"""The worker's part of a batch: codes by COPY, a chunk to a transaction (PC-15)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import connection

from loyalty_site.kernel.transactions import requires_transaction
from promocodes.models import Batch
from promocodes.rules.generation import random_codes
from promocodes.services.batches import locked_batch

CHUNK = 50_000
PIECE = 5_000


@requires_transaction
def fill_chunk(
    *,
    batch_id: int,
    now: datetime,
    chunk: int = CHUNK,
    draw: Callable[[int, int], Sequence[str]] = random_codes,
) -> Batch:
    """Make the next `chunk` codes of a batch, or what is left of it; the last one sets `finished_at`.

    Codes and the count of them are written in the same transaction, so whatever kills the worker, exactly the codes
    counted exist. A drawn code that exists already fails the chunk with an `IntegrityError`: roll back and call again.
    """
    batch = locked_batch(batch_id)
    missing = batch.count - batch.created_count
    if missing:
        codes = draw(min(missing, chunk), batch.code_length)
        _copy(codes, batch)
        batch.created_count += len(codes)
    if batch.created_count == batch.count and batch.finished_at is None:
        batch.finished_at = now
    batch.save(update_fields=["created_count", "finished_at"])
    return batch


def _copy(codes: Sequence[str], batch: Batch) -> None:
    """Columns that are as by default are left out: a million rows feel each of them."""
    limit = "" if batch.max_uses is None else f"\t{batch.max_uses}"
    columns = "code, terms_id" + (", max_uses" if limit else "")
    rest = f"\t{batch.terms_id}{limit}\n"
    # COPY goes past Django's cursor: its errors are translated here, so that a collision is an IntegrityError.
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY promocodes_promocode ({columns}) FROM STDIN") as pipe,
    ):
        for start in range(0, len(codes), PIECE):
            pipe.write(rest.join(codes[start : start + PIECE]) + rest)
