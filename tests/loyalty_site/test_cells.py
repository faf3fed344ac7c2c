"""Files of tables: no cell acts as a formula, a sheet is not overfilled."""

import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from loyalty_site.kernel import cells
from loyalty_site.kernel.cells import Cell, csv_lines, neutral, write_xlsx


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Обувь", "Обувь"),
        ("=1+1", "'=1+1"),
        ("+7 912", "'+7 912"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("", ""),
        (None, ""),
        (-5, "-5"),
        (Decimal("-5.50"), "-5.50"),
        (datetime(2026, 6, 1, 12, tzinfo=UTC), "2026-06-01 15:00:00"),
    ],
)
def test_neutral(cell: Cell, expected: str) -> None:
    assert neutral(cell) == expected


def test_csv_lines_are_quoted_and_marked_as_utf_8() -> None:
    lines = list(csv_lines(["name", "sum"], [["=a,b", Decimal("1.50")], ['say "hi"', None]]))
    assert lines == ["\ufeffname,sum\r\n", '"\'=a,b",1.50\r\n', '"say ""hi""",\r\n']


def test_xlsx_holds_text_as_text_and_sums_as_numbers() -> None:
    file = io.BytesIO()
    write_xlsx(file, ["name", "sum"], [["=HYPERLINK(1)", Decimal("1.50")], ["0123", None]])
    sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<t>'=HYPERLINK(1)</t>" in sheet
    assert "<t>0123</t>" in sheet
    assert "<v>1.50</v>" in sheet


def test_xlsx_refuses_more_rows_than_a_sheet_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "SHEET_ROWS", 3)
    write_xlsx(io.BytesIO(), ["n"], [[1], [2]])
    with pytest.raises(ValueError, match="More rows"):
        write_xlsx(io.BytesIO(), ["n"], [[1], [2], [3]])
