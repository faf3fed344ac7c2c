"""`manage.py import_history`: the same services as the pages, from the console (CU-6)."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from customers.imports import store
from customers.imports.work import WRITING
from customers.models import ImportRun
from tests.customers.imports.rows import customers, purchases

pytestmark = pytest.mark.django_db

FILE = "Номер;Дата;Сумма;Телефон\n1;01.05.2024;1\N{NO-BREAK SPACE}200,50;8 916 123-45-67\n2;вчера;5;89161234567\n"


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def history(tmp_path, capsys):
    """Runs the command on a file of this content; what it said."""

    def call(content: str, *options: str, encoding: str = "cp1251") -> list[str]:
        path = tmp_path / "history.csv"
        path.write_bytes(content.encode(encoding))
        call_command("import_history", str(path), *options)
        return capsys.readouterr().out.splitlines()

    return call


def test_file_is_only_checked_unless_importing_is_asked_for(history):
    said = history(FILE, "--kind", "purchases")

    run = ImportRun.objects.get()
    assert said == [
        f"№ {run.pk}: checked; new 1, changed 0, unchanged 0, wrong 1, customers 1",
        "Line 3: date of the purchase: “вчера” is not a date; write 31.12.2025 or 2025-12-31",
    ]
    assert (run.state, purchases()) == ("checked", [])


def test_wrong_lines_are_left_out_only_when_asked_for(history):
    with pytest.raises(CommandError, match="The file has wrong lines"):
        history(FILE, "--kind", "purchases", "--import")
    assert purchases() == []

    history(FILE, "--kind", "purchases", "--import", "--skip-wrong", "--channel", "crm")

    assert [row[1:4] for row in purchases()] == [("import:1", "crm", pytest.approx(1200.50))]
    assert ImportRun.objects.order_by("-pk")[0].state == "done"


def test_columns_titles_and_spelling_can_be_said(history):
    content = "Мои клиенты\tx\nкто\tпочта\n7\ta@example.ru\n"
    how = ("--map", "external_id=кто", "--map", "email=2", "--header-line", "2", "--delimiter", "tab")

    history(content, "--kind", "customers", *how, "--encoding", "koi8-r", "--import", encoding="koi8-r")

    assert customers() == [("7", "a@example.ru", None, "", "", None)]


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("", (), "The file is empty."),
        ("%PDF-1.7", (), "This is no table"),
        (FILE, ("--map", "number=Чек"), "There is no column Чек in the header: Номер, Дата, Сумма, Телефон."),
        ("a;b\n1;2\n", (), "number: Choose the column."),
        ("Номер;Дата;Сумма;id\n", (), "The file has a header and no rows."),
        (FILE, ("--channel", "касса"), "channel: A channel is a word"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(history, content, options, said):
    with pytest.raises(CommandError, match=said):
        history(content, "--kind", "purchases", *options)

    kept = set(ImportRun.objects.exclude(file_key="").values_list("file_key", flat=True))
    assert {path.name for path in store.directory().iterdir()} == kept


def test_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_history", str(tmp_path / "none.csv"), "--kind", "purchases")


@pytest.mark.django_db(transaction=True)
def test_command_waits_for_the_import_that_is_being_written(history, settings, second_session):
    """Another import holds the lock of writing when this one comes to it, and lets go a moment later."""
    settings.CUSTOMERS_IMPORTED = []
    second_session.execute("SELECT pg_advisory_lock(%s, 0)", [WRITING])
    later = threading.Timer(0.3, second_session.execute, ["SELECT pg_advisory_unlock(%s, 0)", [WRITING]])
    later.start()

    history(FILE, "--kind", "purchases", "--import", "--skip-wrong")

    later.join()
    assert ImportRun.objects.get().state == "done"
