"""Files that are no files: each gives a sentence, none an error page (CU-6)."""

import gzip
import io
import zipfile
from datetime import datetime

import openpyxl
import pytest

from customers.imports import reading, store, workbook
from customers.imports.errors import UnreadableFile
from customers.imports.reading import header_of, recognise, rows
from customers.imports.words import UNREADABLE, unreadable_text
from customers.models import ImportRun
from customers.services.imports import check_import
from loyalty_site.kernel.transactions import in_transaction
from tests.customers.imports.rows import carried_on, checked, imported, purchases, uploaded
from tests.factories import NOW

pytestmark = pytest.mark.django_db

HEADER = "номер;дата;сумма;id\n"


def read(content: bytes):
    path = store.path_of(store.keep_chunks([content]))
    shape = recognise(path)
    header_of(path, shape)
    return list(rows(path, shape))


def sheet(*lines) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(file)
    return file.getvalue()


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_Content", "[Content_Types].xml"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "old_workbook"),
        (b"PK\x03\x04 not really", "broken_workbook"),
        (archive(readme=b"1"), "archive"),
        (archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "broken_workbook"),
        (sheet(["номер"], [1])[:3000], "broken_workbook"),
        (gzip.compress(b"a;b\n1;2\n" * 100)[:60], "archive"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "no_table"),
        (bytes(range(256)) * 20, "no_table"),
        ("\ufeff<html><table><tr><td>Номер</td></tr></table></html>".encode(), "web_page"),
        ('<?xml version="1.0" encoding="windows-1251"?><Workbook>Отчёт'.encode("cp1251"), "web_page"),
        ((HEADER * 50).encode() + "1;Имя\n".encode("cp1251"), "encoding"),
        (";".join(f"c{n}" for n in range(300)).encode(), "too_many_columns"),
        (b'a;b\n1;"open\n' + b"x;y\n" * 60_000, "quotes"),
        ("номер;дата\n1;2\n".encode() + b"x" * 300_000 + b"\xff\xfe;1\n", "encoding"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(content, code):
    with pytest.raises(UnreadableFile) as refusal:
        read(content)

    assert refusal.value.code == code
    assert unreadable_text(refusal.value)


def test_line_without_an_end_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(reading, "LONGEST_ROW", 1000)

    with pytest.raises(UnreadableFile, match="line_too_long"):
        read(b"a,b\n" + b"x" * 5000)


def test_row_of_endless_lines_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(reading, "LONGEST_ROW", 1000)

    with pytest.raises(UnreadableFile, match="line_too_long"):
        read(b'a,b\n"' + b'\n","' * 2000)
    assert len(read(b"a,b\n" + b"1,2\n" * 2000)) == 2001


def test_macros_are_refused():
    with pytest.raises(UnreadableFile, match="macros"):
        read(archive(_Content=b"<a/>", **{"xl__vbaProject.bin": b"1"}))


def test_bombs_are_refused(monkeypatch):
    monkeypatch.setattr(workbook, "SMALL", 1000)

    with pytest.raises(UnreadableFile, match="too_big_inside"):
        read(archive(_Content=b"<a/>", **{"xl__worksheets__sheet1.xml": b"0" * 3_000_000}))


def test_styles_that_would_be_a_million_objects_are_refused():
    with pytest.raises(UnreadableFile, match="too_big_inside"):
        read(archive(_Content=b"<a/>", **{"xl__styles.xml": b"<xf/>" * 1_000_000}))


def test_row_numbered_by_the_million_does_not_keep_the_reader_busy():
    content = _with_sheet(
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="999999999"><c r="A999999999"><v>1</v></c></row>'
    )

    with pytest.raises(UnreadableFile, match="broken_workbook"):
        read(content)


def test_entities_of_a_sheet_are_not_expanded():
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>'

    with pytest.raises(UnreadableFile, match="broken_workbook"):
        read(_with_sheet(b"<row><c><v>&c;</v></c></row>", before=bomb))


def _with_sheet(rows: bytes, *, before: bytes = b"") -> bytes:
    """A real workbook whose sheet was written by somebody else."""
    space, file = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet(["x"]))) as real, zipfile.ZipFile(file, "w") as changed:
        for name in real.namelist():
            content = real.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = before + b'<worksheet xmlns="' + space + b'"><sheetData>' + rows + b"</sheetData></worksheet>"
            changed.writestr(name, content)
    return file.getvalue()


def test_entities_are_not_expanded():
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'

    with pytest.raises(UnreadableFile, match="broken_workbook"):
        read(archive(_Content=bomb, **{"xl__workbook.xml": bomb}))


def test_every_refusal_has_its_sentence():
    assert [code for code in UNREADABLE if not unreadable_text(UnreadableFile(code, line=1, limit=2))] == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encodings_and_separators_are_recognised(encoding, delimiter):
    text = f'номер{delimiter}"имя, или ""что""\nещё"\n7{delimiter}Покупатель\n'

    assert read(text.encode(encoding)) == [(1, ["номер", 'имя, или "что"\nещё']), (3, ["7", "Покупатель"])]


def test_workbook_is_read_as_it_is_seen():
    content = sheet(
        ["Номер", "Дата", "Сумма", "Телефон"],
        [1001, datetime(2024, 5, 1, 12, 30), 1234.5, 79161234567],
        ["1002", 45413, "1 000,50", "8 916 123-45-67"],
        ["1003", "#DIV/0!", 5, "8 916 123-45-67"],
    )

    run = imported(content, name="book.xlsx")

    assert [(row[1], row[3]) for row in purchases()] == [("import:1001", 1234.5), ("import:1002", 1000.5)]
    assert run.counts["wrong"] == 1


def test_numbers_keep_the_zeros_that_are_shown():
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["карта", "телефон"])
    book.active.append([1234, 7.9161234567e10])
    book.active["A2"].number_format = "0000000"
    book.save(file)

    assert read(file.getvalue())[1] == (2, ["0001234", "79161234567"])


def test_sheet_that_is_seen_and_filled_is_read():
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.sheet_state = "hidden"
    book.active.append(["hidden"])
    book.create_sheet("empty")
    book.create_sheet("Продажи").append(["номер"])
    book.save(file)
    path = store.path_of(store.keep_chunks([file.getvalue()]))

    assert (workbook.sheet_names(path), read(file.getvalue())) == (["Продажи", "Sheet"], [(1, ["номер"])])


def test_titles_below_a_heading_are_found():
    run = checked("Отчёт о продажах;;;\nза июнь 2024\n\nНомер;Дата;Сумма;id;\n1;2024-01-01;5;c;\n;;;;\n \n")

    assert (run.header, run.header_line) == (["Номер", "Дата", "Сумма", "id"], 4)
    assert (run.position, run.counts["new"], run.counts["wrong"]) == (1, 1, 0)


def test_file_without_titles_loses_no_row():
    run = uploaded("1;01.06.2024;5,50;a@example.ru\n2;02.06.2024;6,50;b@example.ru\n")

    assert (run.header_line, run.header, run.columns) == (0, [""] * 4, {})
    columns = {"number": 0, "paid_at": 1, "goods_amount": 2, "email": 3}
    ImportRun.objects.filter(pk=run.pk).update(columns=columns)
    in_transaction(lambda: check_import(run_id=run.pk, now=NOW))
    assert carried_on(run).counts["new"] == 2


def test_wrong_cells_are_wrong_lines():
    lines = ["\x00;2024-01-01;1;c", "2;2024-01-01;1;c;more", "3;;;", "4", '5;2024-01-01;"1";c', "6;2024-01-01;1;\ud7ff"]
    run = checked(HEADER + "\n".join(lines) + "\n")

    assert (run.state, run.counts["new"], run.counts["wrong"]) == ("checked", 2, 4)


def test_header_of_the_same_names_takes_the_first():
    run = checked("номер;дата;сумма;сумма;id\n1;2024-01-01;5;9;c\n")

    assert run.columns == {"number": 0, "paid_at": 1, "goods_amount": 2, "external_id": 4}
