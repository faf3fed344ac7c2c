"""The pages of imports, from the upload to taking back (CU-6)."""

import io
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from customers.models import ImportRun, Purchase, User
from tests.customers.imports.rows import carried_on

pytestmark = pytest.mark.django_db

FILE = "Номер;Дата;Сумма;Телефон\n1;01.05.2024;100;8 916 123-45-67\n2;01.05.2024;100;12345\n"


@pytest.fixture
def staff() -> Client:
    manager = User.objects.create_user("manager@shop.test", is_staff=True)
    manager.groups.add(Group.objects.get(name="manager"))
    client = Client(headers={"accept-language": "ru"})
    client.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(name: str, run: ImportRun) -> str:
    return reverse(f"admin:customers_importrun_{name}", args=[run.pk])


def upload(staff: Client, content: bytes, kind: str = "purchases", **how: Any):
    file = SimpleUploadedFile("file.csv", content)
    return staff.post(reverse("admin:customers_importrun_add"), {"kind": kind, "file": file}, **how)


def test_import_through_the_pages(staff):
    assert upload(staff, FILE.encode("cp1251")).status_code == 302
    run = ImportRun.objects.get()
    shown = staff.get(address("page", run)).content.decode()
    assert "+79161234567" in shown
    columns = {f"column_{name}": index for name, index in run.columns.items()}
    form = {**columns, "encoding": "cp1251", "delimiter": ";", "channel_word": "crm", "makes_customers": "on"}
    staff.post(address("columns", run), {**form, "check": "1"})
    run = carried_on(run)
    shown = staff.get(address("page", run)).content.decode()
    assert "12345" in shown
    wrong = b"".join(staff.get(address("wrong", run)).streaming_content).decode()
    assert "12345" in wrong.splitlines()[1]

    staff.post(address("start", run), {})
    assert ImportRun.objects.get().state == "checked"
    staff.post(address("start", run), {"skip": "1"})
    carried_on(run)
    assert list(Purchase.objects.values_list("ref", "channel")) == [("import:1", "crm")]

    staff.post(address("undo", run))
    assert carried_on(run).state == "undone"
    assert staff.get(address("page", run)).status_code == 200
    assert not Purchase.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\x00" * 1000, b"PK\x03\x04", b"\xff\xfe\x00", b'"', b"a" * 100, b"\n;\n"])
def test_hostile_uploads_get_a_sentence(staff, content):
    assert upload(staff, content).status_code in (302, 422)
    for run in ImportRun.objects.all():
        assert staff.get(address("page", run)).status_code == 200


def test_columns_of_the_last_file_are_remembered(staff):
    upload(staff, b"x;y;z;email\n1;2024-01-01;5;a@example.ru\n")
    first = ImportRun.objects.get()
    columns = {"column_number": 0, "column_paid_at": 1, "column_goods_amount": 2, "column_email": 3}
    staff.post(
        address("columns", first),
        {**columns, "encoding": "utf-8-sig", "delimiter": ";", "channel_word": "crm", "check": "1"},
    )

    upload(staff, b"X;Y;Z;E-mail\n2;2024-01-02;6;b@example.ru\n")

    second = ImportRun.objects.order_by("-pk")[0]
    assert (second.columns, second.channel) == ({"number": 0, "paid_at": 1, "goods_amount": 2, "email": 3}, "crm")


def test_wrong_choice_is_said_beside_the_field(staff):
    upload(staff, FILE.encode())
    run = ImportRun.objects.get()

    answer = staff.post(
        address("columns", run), {"column_number": 0, "encoding": "utf-16", "delimiter": ";", "channel_word": "x"}
    )

    assert answer.status_code == 422


@pytest.mark.parametrize("kind", ["purchases", "customers"])
def test_samples_can_be_imported(staff, kind):
    sample = b"".join(staff.get(reverse("admin:customers_importrun_sample_csv", args=[kind])).streaming_content)

    upload(staff, sample, kind)

    assert len(ImportRun.objects.get().columns) >= 6


def test_columns_are_asked_for_again_when_the_titles_are_others(staff):
    upload(staff, b"1;2024-01-01;5;a@example.ru\n2;2024-01-02;6;b@example.ru\n")
    run = ImportRun.objects.get()
    shown = staff.get(address("page", run)).content.decode()
    assert (run.header_line, "столбец 4: a@example.ru" in shown) == (0, True)
    columns = {"column_number": 0, "column_paid_at": 1, "column_goods_amount": 2, "column_email": 3}
    form = {**columns, "encoding": "utf-8-sig", "delimiter": ";", "channel_word": "crm"}

    answer = staff.post(address("columns", run), {**form, "header_line": "1", "check": "1"}, follow=True)

    run.refresh_from_db()
    assert (run.state, run.header_line, run.header[3], run.columns) == ("choosing", 1, "a@example.ru", {})
    assert "Названия столбцов теперь другие" in answer.content.decode()
    staff.post(address("columns", run), {**form, "header_line": "0"})
    staff.post(address("columns", run), {**form, "header_line": "0", "check": "1"})
    run.refresh_from_db()
    assert (run.state, run.header_line, len(run.columns)) == ("checking", 0, 4)


def test_sheets_that_are_not_read_are_named(staff):
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Номер", "Дата", "Сумма", "Телефон"])
    book.active.append([1, "01.05.2024", 100, "8 916 123-45-67"])
    book.create_sheet("Июнь").append(["Номер"])
    book.save(file)

    answer = upload(staff, file.getvalue(), follow=True)

    assert "читается только «Sheet»" in answer.content.decode()
    run = ImportRun.objects.get()
    told = staff.get(address("progress", run)).json()
    assert (told["made"], told["is_finished"]) == (None, True)
