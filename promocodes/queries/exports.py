"""The codes of a batch as files: a million of them, without a million in memory."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.utils.translation import gettext as _

from loyalty_site.kernel.cells import BYTE_ORDER_MARK, write_xlsx
from promocodes.models import Batch

CODES = "COPY (SELECT code FROM promocodes_promocode WHERE terms_id = %s ORDER BY id) TO STDOUT (FORMAT csv)"
CODES_AND_USES = CODES.replace("code", "code, uses", 1)
PIECE = 64 * 1024
ROWS = 10_000


def batch_codes_csv(batch: Batch, *, for_spreadsheet: bool = True) -> Iterator[bytes]:
    """The CSV file in pieces of about 64 KB, while the server copies it out: `code`, `uses`.

    Not `for_spreadsheet`, for programs: `code` alone, without the mark by which spreadsheets know UTF-8.
    Codes are letters and digits, so no cell can be a formula.
    """
    yield (BYTE_ORDER_MARK + "code,uses\n" if for_spreadsheet else "code\n").encode()
    statement = CODES_AND_USES if for_spreadsheet else CODES
    buffer = bytearray()
    with connection.cursor() as cursor, cursor.copy(statement, [batch.terms_id]) as pipe:
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
