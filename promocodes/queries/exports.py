"""The codes of a batch as files: a million of them, without a million in memory."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.utils.translation import gettext as _

from loyalty_site.kernel.cells import BYTE_ORDER_MARK, write_xlsx
from promocodes.models import Batch

PIECE = 64 * 1024
ROWS = 10_000


def batch_codes_csv(batch: Batch) -> Iterator[bytes]:
    """The CSV file in pieces of about 64 KB, while the server copies it out: `code`, `uses`.

    Codes are letters and digits, so no cell can be a formula.
    """
    yield (BYTE_ORDER_MARK + "code,uses\r\n").encode()
    statement = (
        "COPY (SELECT code, uses FROM promocodes_promocode WHERE terms_id = {} ORDER BY id) TO STDOUT (FORMAT csv)"
    )
    buffer = bytearray()
    with connection.cursor() as cursor, cursor.copy(statement.format(int(batch.terms_id))) as pipe:
        for piece in pipe:
            buffer += piece
            if len(buffer) >= PIECE:
                yield bytes(buffer)
                buffer.clear()
    yield bytes(buffer)


def write_batch_codes_xlsx(batch: Batch, file: BinaryIO) -> None:
    """Write the XLSX file with the same columns to `file`, in constant memory."""
    write_xlsx(file, [_("Code"), _("Uses")], _rows(batch))


def _rows(batch: Batch) -> Iterator[tuple[Any, ...]]:
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT code, uses FROM promocodes_promocode WHERE terms_id = %s ORDER BY id", [batch.terms_id])
        while rows := cursor.fetchmany(ROWS):
            yield from rows
